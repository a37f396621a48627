"""Small real files."""

import io
import struct
import zipfile
from functools import cache
from itertools import pairwise
from xml.sax.saxutils import escape

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from tasks.management.demo.activity import small_pdf, small_png

PDF = small_pdf("Evidence")
PNG = small_png(1, 1)
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64 + b"PE\x00\x00"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
OFFICE_TYPE = "application/vnd.openxmlformats-officedocument"
MAIN_TYPES = {
    "docx": f"{OFFICE_TYPE}.wordprocessingml.document.main+xml",
    "xlsx": f"{OFFICE_TYPE}.spreadsheetml.sheet.main+xml",
    "pptx": f"{OFFICE_TYPE}.presentationml.presentation.main+xml",
}
DEFAULTS = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
    "bin": f"{OFFICE_TYPE}.oleObject",
}
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def pdf_upload(name="evidence.pdf", line="Evidence"):
    """A one-page PDF."""
    return SimpleUploadedFile(name, small_pdf(line), "application/pdf")


def png_upload(name="picture.png"):
    """A picture."""
    return SimpleUploadedFile(name, small_png(60, 40), "image/png")


def program_upload(name="方案.pdf"):
    """A program under the name of a document."""
    return SimpleUploadedFile(name, b"MZ\x90\x00\x03" + b"\0" * 200, "application/pdf")


def upload(name, data):
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, data)


def zipped(**members):
    """Real zip bytes: `zipped(**{"name": content})`."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return data.getvalue()


def archive(*members):
    """Real zip bytes with members of those names."""
    return zipped(**dict.fromkeys(members, "<x/>"))


def office(ending, types="", **parts):
    """A Word, Excel or PowerPoint file of the least parts, and of `parts`; `types` stands in its list of types."""
    return package(MAIN[ending], MAIN_TYPES[ending], types, **parts)


def package(main, main_type, types="", **parts):
    """An Office file whose main part has that name and type, and of `parts`, one of which may be the main part."""
    known = "".join(
        f'<Default Extension="{one}" ContentType="{kind}"/>'
        for one, kind in DEFAULTS.items()
        if f'Extension="{one}"' not in types
    )
    listed = f'<Override PartName="/{main}" ContentType="{main_type}"/>{types}'
    found = {
        "[Content_Types].xml": f'<Types xmlns="{CONTENT_TYPES}">{known}{listed}</Types>',
        "_rels/.rels": relationships((f"{RELATION}/officeDocument", main, "Internal")),
        main: "<x/>",
        **parts,
    }
    return zipped(**found)


def docx_bytes():
    """The least that is a .docx by its parts."""
    return office("docx")


def relations(kind, target):
    """A list of relationships with one to something outside."""
    return relationships((f"{RELATION}/{kind}", target, "External"))


def relationships(*lines):
    """A list of relationships `(type, target, mode)`, with the ids r1, r2 …"""
    said = "".join(
        f'<Relationship Id="r{number}" Type="{kind}" Target="{escape(target)}" TargetMode="{mode}"/>'
        for number, (kind, target, mode) in enumerate(lines, start=1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{said}</Relationships>'


def packed_file(name, content):
    """What keeps a file that was dragged into a document (the stream Ole10Native)."""
    temporary = b"C:\\" + name + b"\0"
    body = b"\x02\0" + name + b"\0C:\\" + name + b"\0\0\0\x03\0" + struct.pack("<L", len(temporary)) + temporary
    body += struct.pack("<L", len(content)) + content
    return struct.pack("<L", len(body)) + body


def entry(name, content=b"x", *, mode=0, flags=0, method=zipfile.ZIP_STORED):
    """An archive of one entry, with those bits."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        info = zipfile.ZipInfo("placeholder")
        info.external_attr, info.create_system, info.compress_type = mode << 16, 3, method
        info.filename = name
        made.writestr(info, content)
    made = bytearray(data.getvalue())
    if flags:
        for head, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            made[made.index(head) + place] |= flags
    return bytes(made)


def nested(depth):
    """An archive in an archive, so many levels of them."""
    data = archive("a.txt")
    for _ in range(depth - 1):
        data = zipped(**{"内.zip": data})
    return data


def ofd(**parts):
    """The least that is an OFD."""
    return zipped(**{"OFD.xml": '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>', **parts})


def record(kind, body=b""):
    """A record of an old workbook."""
    return struct.pack("<2H", kind, len(body)) + body


BOOK = record(0x809, b"\x00\x06\x05\x00" + bytes(12)) + record(0x85, bytes(4) + b"\x00\x00\x01\x00A") + record(0x0A)
MAIN_STREAMS = {
    "doc": {"WordDocument": bytes(64)},
    "xls": {"Workbook": BOOK},
    "ppt": {"PowerPoint Document": bytes(64)},
    "wps": {"WordDocument": bytes(64)},
    "et": {"Workbook": BOOK},
    "dps": {"PowerPoint Document": bytes(64)},
}


FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512


def ole(streams):
    """A compound file (MS-CFB) of `{name: content}`; a name with a stroke stands in a storage."""
    tree = {}
    for name, content in streams.items():
        *storages, last = name.split("/")
        place = tree
        for storage in storages:
            place = place.setdefault(storage, {})
        place[last] = content.ljust(4096, b"\0")  # what is shorter would be kept in another way
    nodes = []
    _add(nodes, "Root Entry", tree, kind=5)
    table, body = [], b""
    for node in nodes:
        node["start"] = len(table) if node["content"] else END
        table, body = _append(table, body, node["content"])
    first = len(table)
    table, body = _append(table, body, b"".join(_entry(node) for node in nodes))
    table.append(FAT)
    body += struct.pack("<128L", *table, *[FREE] * (128 - len(table)))
    head = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, first, 0, 4096, END, 0, END, 0)
    places = struct.pack("<109L", len(table) - 1, *[FREE] * 108)
    return struct.pack("<8s16x5H6x9L", *head) + places + body


def _add(nodes, name, content, kind):
    """Put a stream or storage on the list, then what is inside; each hangs on the right of the one before."""
    is_stream = isinstance(content, bytes)
    node = {"name": name, "kind": kind, "content": content if is_stream else b"", "child": FREE, "right": FREE}
    nodes.append(node)
    place = len(nodes) - 1
    inside = (
        [] if is_stream else [_add(nodes, *each, 2 if isinstance(each[1], bytes) else 1) for each in content.items()]
    )
    if inside:
        node["child"] = inside[0]
    for one, after in pairwise(inside):
        nodes[one]["right"] = after
    return place


def _append(table, body, content):
    sectors = -(-len(content) // SECTOR)
    chain = [*range(len(table) + 1, len(table) + sectors), END] if sectors else []
    return [*table, *chain], body + content.ljust(sectors * SECTOR, b"\0")


def _entry(node):
    label = (node["name"] + "\0").encode("utf-16-le")
    links = (FREE, node["right"], node["child"], node["start"])
    return struct.pack("<64sHBB3L36xLQ", label, len(label), node["kind"], 1, *links, len(node["content"]))


def picture(ending="jpg", size=(60, 40), pixels=None, **how):
    """A real picture, of one colour or of those bytes; `how` goes to the library that writes it."""
    made = io.BytesIO()
    image = Image.frombytes("RGB", size, pixels) if pixels else Image.new("RGB", size, (40, 96, 160))
    image.save(made, {"jpg": "JPEG"}.get(ending, ending.upper()), **how)
    return made.getvalue()


def photo(ending="jpg"):
    """A real picture that says when and where it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "手机".encode()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:09:10 10:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (35.0, 43.0, 30.5), 3: "E", 4: (116.0, 29.0, 7.25)})
    return picture(ending, exif=exif)


def pdf(**catalog):
    """A PDF of one page with those entries in its catalogue, each as PDF source: `pdf(OpenAction="<</S/GoTo>>")`."""
    document = pikepdf.new()
    document.add_blank_page()
    for key, source in catalog.items():
        document.Root[f"/{key}"] = pikepdf.Object.parse(source.encode())
    return saved(document)


def saved(document, **how):
    """The bytes of an open PDF."""
    made = io.BytesIO()
    document.save(made, **how)
    return made.getvalue()


VIDEOS = {
    "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ",
    "avi": b"RIFF\x1a\x00\x00\x00AVI LIST",
    "wmv": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"\x00" * 16,
}


@cache
def sample(ending):
    """A small real file of each kind that is taken."""
    if ending in MAIN:
        return office(ending)
    if ending in MAIN_STREAMS:
        return ole(MAIN_STREAMS[ending])
    if ending in {"jpg", "jpeg", "png", "gif", "webp", "bmp"}:
        return picture("jpg" if ending == "jpeg" else ending)
    others = {"pdf": PDF, "ofd": ofd(), "zip": archive("说明.txt"), **VIDEOS}
    return others.get(ending, "公开目录\n一、政策文件".encode())
