"""Inspection of Word, Excel, PowerPoint and OFD files: intact archives without macros or other active content."""

import io
import re
import zipfile
from contextlib import contextmanager

from lxml import etree

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.office.signatures import OLE_HEAD, ZIP_HEADS
from wenshang_disclosure.core.web.errors import Refused, Unreadable

from . import ole
from .kinds import PROGRAMS, WITH_ATTACHMENT, WITH_LINKS, Mismatch, ending_of
from .limits import deadline, read_through, refuse_too_large

CONTROLS = "“{name}”含有 ActiveX 控件，不能上传。请去掉后重新上传。"
OUTSIDE = "“{name}”打开时会读取外部文件（{target}），不能上传。请取消链接、把内容嵌入后重新上传。"
DDE = "“{name}”含有会启动程序的域或公式（DDE），不能上传。请去掉后重新上传。"
MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
LINKED_BOOK = "/externallinkpath"
READ_WHEN_OPENED = (
    "/attachedtemplate",
    "/oleobject",
    "/frame",
    "/subdocument",
    "/mailmergesource",
    LINKED_BOOK,
)
FROM_THE_NETWORK = re.compile(r"^(https?:|ftp:|mhtml:|ms-|\\\\|//|file:(//)?[/\\]{2}(?![/\\]|[a-z]:))", re.IGNORECASE)
DDE_FIELD = re.compile(r"^\s*DDE(AUTO)?\b", re.IGNORECASE | re.MULTILINE)
MAX_LIST_BYTES = 5 * 1024 * 1024  # of a part that lists other parts
MAX_EMBEDDED_BYTES = 50 * 1024 * 1024
MAX_DEPTH = 2
OFD = "{http://www.ofdspec.org/2016}OFD"


def inspect(upload, name, main, depth=1):
    """Return the marks of a file whose main part is `main`. Raises `Mismatch` or `Refused`."""
    with _opened(upload, name) as archive:
        if main not in archive.namelist():
            raise Mismatch
        return refuse_active(archive, name, depth)


def inspect_ofd(upload, name, which):
    """Return the marks of an OFD file (GB/T 33190). Raises `Mismatch` or `Refused`."""
    with _opened(upload, name) as archive:
        root = archives.parsed(archive, "OFD.xml")
        if root is None or root.tag != OFD:
            raise Mismatch
        _refuse_programs(archive, name)
        attached = any(entry.lower().endswith("/attachments.xml") for entry in archive.namelist())
        return (WITH_ATTACHMENT,) if attached else ()


@contextmanager
def _opened(upload, name):
    upload.seek(0)
    until = deadline()
    try:
        with zipfile.ZipFile(archives.LimitedReader(upload)) as archive:
            refuse_too_large(archive, name)
            archives.refuse_dtd(archive)
            for entry in archive.infolist():
                read_through(archive, entry, name, until)
            yield archive
    except (*archives.BROKEN, Unreadable):
        raise Mismatch from None


def refuse_active(archive, name, depth=1):
    """Return the marks of an open Office file. Raises `Refused` for macros and other active content."""
    if any(archives.has_macros(entry) for entry in archive.infolist()) or _says_macros(archive):
        raise Refused(ole.MACROS.format(name=name))
    names = archive.namelist()
    if any("/activex/" in entry.lower() for entry in names):
        raise Refused(CONTROLS.format(name=name))
    _refuse_programs(archive, name)
    marks = []
    for entry in archive.infolist():
        marks += _marks_of(archive, entry, name, depth)
    return marks


def _marks_of(archive, entry, name, depth):
    part = entry.filename.lower()
    if part.endswith(".rels"):
        return _outside(archive, entry, name)
    if "/embeddings/" in part:
        return _embedded(archive, entry, name, depth)
    if part.startswith("word/") and part.endswith(".xml") or part.startswith("xl/externallinks/"):
        _refuse_dde(archive, entry, name)
    return ()


def _says_macros(archive):
    types = _list_of(archive, "[Content_Types].xml")
    if types is None:
        raise Mismatch
    said = [each.get("ContentType", "").lower() for each in types.iter(etree.Element)]
    return any(word in type_ for type_ in said for word in MACRO_TYPES)


def _list_of(archive, part):
    if part in archive.namelist() and archive.getinfo(part).file_size > MAX_LIST_BYTES:
        raise Mismatch
    return archives.parsed(archive, part)


def _refuse_programs(archive, name):
    for entry in archive.namelist():
        if ending_of(entry) in PROGRAMS - {"bin"}:
            raise Refused(ole.PROGRAM.format(name=name))


def _outside(archive, entry, name):
    """Return the marks of external links. Raises `Refused` for links fetched from the network on opening."""
    marks = []
    for each in _list_of(archive, entry.filename).iter(etree.Element):
        kind, target = each.get("Type", "").lower(), each.get("Target", "")
        if each.get("TargetMode", "").lower() != "external" or not kind.endswith(READ_WHEN_OPENED):
            continue
        if FROM_THE_NETWORK.match(target.strip()) and not kind.endswith(LINKED_BOOK):
            raise Refused(OUTSIDE.format(name=name, target=target.strip()[:100]))
        marks.append(WITH_LINKS)
    return marks


def _embedded(archive, entry, name, depth):
    """Return the marks of an embedded document: an Office file, old or new, or a package of any file."""
    if entry.file_size > MAX_EMBEDDED_BYTES:
        return (WITH_ATTACHMENT,)
    content = archive.read(entry)
    if content.startswith(OLE_HEAD):
        return _embedded_ole(content, name)
    if content.startswith(ZIP_HEADS) and depth < MAX_DEPTH:
        with _opened(io.BytesIO(content), name) as inner:
            refuse_active(inner, name, depth + 1)
    return ()


def _embedded_ole(content, name):
    with ole.opened(io.BytesIO(content)) as file:
        if ole.has_macros(file):
            raise Refused(ole.MACROS.format(name=name))
        return ole.embedded(file, name)


class _Fields:
    """Parser target that finds DDE in the fields of a Word part or in an Excel link, without building a tree."""

    def __init__(self):
        self.said, self.calls, self._inside = [], False, False

    def start(self, tag, attributes):
        kind = tag.rpartition("}")[2]
        self._inside = kind == "instrText"
        self.calls |= kind in {"ddeLink", "ddeItem"}
        if kind == "fldSimple":
            self.said.append(next((text for key, text in attributes.items() if key.endswith("instr")), ""))
            self.said.append("\n")
        if kind == "fldChar":
            self.said.append("\n" if "begin" in attributes.values() else "")

    def end(self, tag):
        self._inside = False

    def data(self, text):
        if self._inside:
            self.said.append(text)

    def doctype(self, *said):
        raise Mismatch

    def close(self):
        return self.calls or DDE_FIELD.search("".join(self.said)) is not None


def _refuse_dde(archive, entry, name):
    parser = etree.XMLParser(target=_Fields(), resolve_entities=False, no_network=True, load_dtd=False)
    try:
        with archive.open(entry) as part:
            while piece := part.read(64 * 1024):
                parser.feed(piece)
        found = parser.close()
    except etree.XMLSyntaxError:
        raise Mismatch from None
    if found:
        raise Refused(DDE.format(name=name))
