"""Which files are taken: judged by content and name together."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tasks.services.file_types import ALLOWED, OLE_HEAD, content_type_of
from wenshang_disclosure.common.errors import Refused

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6300010000000500010d0a2db40000000049454e44ae426082"
)
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64 + b"PE\x00\x00"
SAMPLES = {
    "pdf": PDF,
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20,
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L" + b"\x00" * 16,
    "bmp": b"BM" + b"\x00" * 30,
    "ole": OLE_HEAD + b"\x00" * 64,
    "text": "公开目录\n一、政策文件".encode(),
    "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ",
    "avi": b"RIFF\x1a\x00\x00\x00AVI LIST",
    "wmv": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"\x00" * 16,
}


def archive(*members):
    """Real zip bytes with those members."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for member in members:
            made.writestr(member, "<x/>")
    return data.getvalue()


def sample(wanted):
    return archive(wanted.removeprefix("zip:") or "说明.txt") if wanted.startswith("zip:") else SAMPLES[wanted]


def upload(name, data):
    return SimpleUploadedFile(name, data)


@pytest.mark.parametrize("ending", ALLOWED)
def test_a_file_that_is_what_its_name_says_is_taken(ending):
    content_type, wanted = ALLOWED[ending]

    found = content_type_of(upload(f"材料.{ending}", sample(wanted)))

    assert found == content_type


def test_the_ending_may_be_in_capitals():
    found = content_type_of(upload("扫描件.PDF", PDF))

    assert found == "application/pdf"


@pytest.mark.parametrize(
    "name", ["a.exe", "a.svg", "a.html", "a.js", "a.docm", "a.rar", "a.pdf.exe", "没有扩展名", "pdf"]
)
def test_an_ending_that_is_not_on_the_list_is_refused_whatever_the_content(name):
    with pytest.raises(Refused, match="不在可上传范围内") as refusal:
        content_type_of(upload(name, PDF))

    assert name in str(refusal.value)


@pytest.mark.parametrize("ending", ALLOWED)
def test_a_renamed_program_is_refused_under_every_ending(ending):
    with pytest.raises(Refused, match="不符"):
        content_type_of(upload(f"材料.{ending}", EXE))


@pytest.mark.parametrize("ending", ["zip", "docx", "xlsx", "pptx", "ofd"])
def test_a_program_with_an_archive_appended_is_refused(ending):
    data = EXE + archive(ALLOWED[ending][1].removeprefix("zip:") or "说明.txt")

    with pytest.raises(Refused):
        content_type_of(upload(f"材料.{ending}", data))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", PNG),
        ("a.png", PDF),
        ("a.jpg", PNG),
        ("a.docx", PDF),
        ("a.docx", archive("xl/workbook.xml")),
        ("a.xlsx", archive("word/document.xml")),
        ("a.ofd", archive("说明.txt")),
        ("a.doc", archive("word/document.xml")),
        ("a.zip", OLE_HEAD),
        ("a.txt", PNG),
        ("a.csv", b"a,b\x00c"),
        ("a.mp4", SAMPLES["avi"]),
    ],
)
def test_content_of_another_kind_is_refused(name, data):
    with pytest.raises(Refused, match="不符"):
        content_type_of(upload(name, data))


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx"])
def test_a_document_with_macros_is_refused(ending):
    main = ALLOWED[ending][1].removeprefix("zip:")
    data = archive(main, main.split("/")[0] + "/vbaProject.bin")

    with pytest.raises(Refused, match="含有宏"):
        content_type_of(upload(f"材料.{ending}", data))


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_damaged_archive_is_refused(cut):
    data = archive("word/document.xml")

    with pytest.raises(Refused, match="已损坏"):
        content_type_of(upload("a.docx", data[:-cut]))


def test_every_single_damaged_byte_of_a_document_is_answered_with_a_verdict():
    data = archive("word/document.xml")
    surprises = []

    for place in range(len(data)):
        damaged = data[:place] + b"\xff" + data[place + 1 :]
        try:
            content_type_of(upload("a.docx", damaged))
        except Refused:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the user would see a 500
            surprises.append((place, repr(error)))

    assert surprises == []


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_taken_in_the_codes_that_offices_use(code):
    data = ("汶上县政务公开" * 3000).encode(code)

    found = content_type_of(upload("台账.txt", data))

    assert found == "text/plain; charset=utf-8"


def test_judging_leaves_the_file_at_its_beginning():
    files = [upload("a.pdf", PDF), upload("a.txt", b"text"), upload("a.docx", archive("word/document.xml"))]

    for file in files:
        content_type_of(file)

    assert [file.tell() for file in files] == [0, 0, 0]
