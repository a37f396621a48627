"""Office files, new and old, and OFD: macros, what is fetched or started when opened, what is embedded."""

import io

import pytest

from tests.made_files import (
    BOOK,
    CONTENT_TYPES,
    MAIN,
    WORD,
    archive,
    ofd,
    office,
    ole,
    packed_file,
    record,
    relations,
    zipped,
)
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files.inspection import ole as old_files
from wenshang_disclosure.files.inspection.judging import judge

MACROS = "含有宏，不能上传。请另存为不含宏的文件"


def marks(name, data):
    return judge(io.BytesIO(data), name).marks


def default(ending, content_type):
    return f'<Default Extension="{ending}" ContentType="{content_type}"/>'


# --- macros -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", MAIN)
@pytest.mark.parametrize(
    "part", ["word/vbaProject.bin", "XL/VBAPROJECT.BIN", "customUI/x/vbaproject.bin", "word/vbaData.xml"]
)
def test_macros_are_found_wherever_they_are_kept(ending, part):
    with pytest.raises(Refused, match=MACROS):
        marks(f"a.{ending}", office(ending, **{part: "<x/>"}))


@pytest.mark.parametrize(
    "said",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        "application/vnd.ms-excel.sheet.macroenabled.main+xml",
        "application/vnd.ms-office.vbaProject",
        "application/vnd.ms-excel.macrosheet+xml",
    ],
)
def test_macros_under_another_name_are_found_by_what_the_file_says_of_them(said):
    with pytest.raises(Refused, match=MACROS):
        marks("a.xlsx", office("xlsx", default("bin", said), **{"xl/other.bin": b"x"}))


def test_sheets_of_excel_4_macros_are_found():
    with pytest.raises(Refused, match=MACROS):
        marks("a.xlsx", office("xlsx", **{"xl/macrosheets/sheet1.xml": "<x/>"}))


@pytest.mark.parametrize("ending", ["doc", "wps"])
@pytest.mark.parametrize("place", ["Macros/VBA/dir", "Macros/PROJECT", "ObjectPool/_1/_VBA_PROJECT_CUR/VBA/dir"])
def test_macros_of_old_word_and_wps_files_are_found(ending, place):
    with pytest.raises(Refused, match=MACROS):
        marks(f"a.{ending}", ole({"WordDocument": b"", place: b"x"}))


def test_macros_of_old_workbooks_and_slides_are_found():
    sheet_of_macros = record(0x809, bytes(16)) + record(0x85, bytes(4) + b"\x00\x01\x01\x00A") + record(0x0A)
    vba = bytes.fromhex("0f00ff0314000000020000040c000000") + bytes(4) + b"\x01\x00\x00\x00" + bytes(4)

    for name, streams in {
        "a.xls": {"Workbook": BOOK, "_VBA_PROJECT_CUR/VBA/dir": b"x"},
        "b.xls": {"Workbook": sheet_of_macros},
        "c.et": {"Book": sheet_of_macros},
        "d.ppt": {"PowerPoint Document": bytes(100) + vba},
    }.items():
        with pytest.raises(Refused, match=MACROS):
            marks(name, ole(streams))


def test_slides_that_only_say_that_they_have_no_macros_are_taken():
    none = bytes.fromhex("0f00ff0314000000020000040c000000") + bytes(12)

    assert marks("a.ppt", ole({"PowerPoint Document": bytes(100) + none})) == ()


def test_macros_in_an_embedded_document_are_found():
    inner = office("xlsx", **{"xl/vbaProject.bin": b"x"})
    old = ole({"Workbook": BOOK, "_VBA_PROJECT_CUR/VBA/dir": b"x"})

    for content in (inner, old):
        with pytest.raises(Refused, match=MACROS):
            marks("a.docx", office("docx", **{"word/embeddings/sheet.xlsx": content}))


# --- what is started or fetched ---------------------------------------------------------------------------------------


def instructions(*pieces):
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    return f'<w:document xmlns:w="{WORD}"><w:body><w:p>{begin}{runs}</w:p></w:body></w:document>'


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("word/document.xml", instructions(" DDEAUTO c:\\\\windows\\\\cmd.exe")),
        ("word/document.xml", instructions("D", "DE", "AUTO x")),
        ("word/footer1.xml", instructions("dde excel x")),
        ("word/document.xml", f'<w:p xmlns:w="{WORD}"><w:fldSimple w:instr="DDE cmd"/></w:p>'),
        ("xl/externalLinks/externalLink1.xml", "<externalLink><ddeLink ddeService='cmd'/></externalLink>"),
    ],
)
def test_fields_that_start_a_program_are_refused(part, content):
    with pytest.raises(Refused, match="DDE"):
        marks("a.docx", office("docx", **{part: content}))


def test_ordinary_fields_are_taken():
    parts = {"word/document.xml": instructions(' HYPERLINK "https://www.example.gov.cn/DDE"', " TOC \\o", "PAGE")}

    assert marks("a.docx", office("docx", **parts)) == ()


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("attachedTemplate", "http://10.0.0.1/a.dotm"),
        ("attachedTemplate", "\\\\10.0.0.1\\x\\a.dotm"),
        ("attachedTemplate", "file://server/x.dotm"),
        ("oleObject", "mhtml:http://x!x-usc:http://x"),
        ("frame", "https://x/"),
        ("subDocument", "//x/y"),
    ],
)
def test_what_is_fetched_from_the_network_when_opened_is_refused(kind, target):
    with pytest.raises(Refused, match="外部文件"):
        marks("a.docx", office("docx", **{"word/_rels/settings.xml.rels": relations(kind, target)}))


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        ("attachedTemplate", "file:///C:\\Users\\x\\Normal.dotm", ("含外部链接",)),
        ("externalLinkPath", "file:///D:\\台账.xlsx", ("含外部链接",)),
        ("hyperlink", "https://www.example.gov.cn/", ()),
    ],
)
def test_what_is_linked_on_the_own_disk_is_marked_and_a_link_to_click_is_not(kind, target, expected):
    assert marks("a.docx", office("docx", **{"word/_rels/document.xml.rels": relations(kind, target)})) == expected


def test_controls_are_refused():
    with pytest.raises(Refused, match="ActiveX"):
        marks("a.docx", office("docx", **{"word/activeX/activeX1.xml": "<x/>"}))


# --- what is inside ---------------------------------------------------------------------------------------------------


def package(name, content=b"x"):
    """A file embedded by dragging it into a document."""
    return {"\x01Ole10Native": packed_file(name, content)}


@pytest.mark.parametrize("name", [b"a.exe", b"a.PS1", b"a.pdf.lnk"])
def test_an_embedded_program_is_refused(name):
    inside = ole(package(name))
    old = {"WordDocument": b"", **{f"ObjectPool/_1/{key}": value for key, value in package(name).items()}}

    for file, data in (("a.docx", office("docx", **{"word/embeddings/o.bin": inside})), ("a.doc", ole(old))):
        with pytest.raises(Refused, match="嵌入了程序"):
            marks(file, data)


def test_an_embedded_document_is_marked():
    parts = {"word/embeddings/o.bin": ole(package(b"a.pdf"))}

    assert marks("a.docx", office("docx", **parts)) == ("含附件",)
    assert marks("a.docx", office("docx", **{"word/embeddings/sheet.xlsx": office("xlsx")})) == ()


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx"])
def test_a_new_office_file_with_a_password_is_refused_saying_so(ending):
    with pytest.raises(Refused, match="设有打开密码"):
        marks(f"a.{ending}", ole({"EncryptionInfo": b"", "EncryptedPackage": b""}))


def test_old_files_with_a_password_are_refused_or_marked():
    locked = BOOK[:20] + record(0x2F, bytes(6)) + BOOK[20:]

    with pytest.raises(Refused, match="设有打开密码"):
        marks("a.doc", ole({"WordDocument": bytes(10) + b"\x00\x01" + bytes(50)}))
    assert marks("a.xls", ole({"Workbook": locked})) == ("已加密（内容未检查）",)


def test_an_ofd_is_known_by_its_root_and_its_attachments_are_marked():
    assert marks("a.ofd", ofd()) == ()
    assert marks("a.ofd", ofd(**{"Doc_0/Attachs/Attachments.xml": "<x/>"})) == ("含附件",)
    for data in (zipped(**{"OFD.xml": "<html/>"}), archive("a.xml"), zipped(**{"OFD.xml": "nonsense"})):
        with pytest.raises(Refused, match="不符"):
            marks("a.ofd", data)
    with pytest.raises(Refused, match="程序"):
        marks("a.ofd", ofd(**{"Doc_0/Attachs/a.exe": b"x"}))


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
        "<!-- " + "x" * 5000 + ' --><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        "<x>",
        "",
    ],
)
def test_xml_that_no_office_program_writes_is_refused(content):
    with pytest.raises(Refused, match="不符"):
        marks("a.docx", office("docx", **{"word/document.xml": content}))


@pytest.mark.parametrize("content", [f'<Types xmlns="{CONTENT_TYPES}">', "\n".join(map(str, range(900_000)))])
def test_a_list_of_types_that_cannot_be_read_is_refused(content):
    with pytest.raises(Refused, match="不符"):
        marks("a.docx", zipped(**{"[Content_Types].xml": content, "word/document.xml": "<x/>"}))


def test_an_office_file_without_its_list_of_types_is_refused():
    with pytest.raises(Refused, match="不符"):
        marks("a.docx", archive("word/document.xml"))


def test_a_workbook_with_more_records_than_are_looked_at_is_refused(monkeypatch):
    monkeypatch.setattr(old_files, "MAX_RECORDS_OF_BOOK", 3)

    with pytest.raises(Refused, match="已损坏"):
        judge(io.BytesIO(ole({"Workbook": BOOK + record(0x203) * 4})), "a.xls")
