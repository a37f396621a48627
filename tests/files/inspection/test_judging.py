"""Which files are taken: judged by content and name together."""

import io
import zipfile
import zlib
from random import Random

import pytest

from tests.made_files import EXE, PDF, PNG, VIDEOS, archive, office, ole, picture, sample
from wenshang_disclosure.core.office.signatures import OLE_HEAD
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files.inspection.judging import judge
from wenshang_disclosure.files.inspection.kinds import ALLOWED

MAIN = {"zip": "说明.txt", "docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def verdict(name, data):
    return judge(io.BytesIO(data), name)


@pytest.mark.parametrize("ending", ALLOWED)
def test_a_file_that_is_what_its_name_says_is_taken(ending):
    found = verdict(f"材料.{ending}", sample(ending))

    assert (found.content_type, found.marks) == (ALLOWED[ending][0], ())


def test_the_ending_may_be_in_capitals():
    found = verdict("扫描件.PDF", PDF)

    assert found.content_type == "application/pdf"


@pytest.mark.parametrize(
    "name", ["a.exe", "a.svg", "a.html", "a.js", "a.docm", "a.rar", "a.pdf.exe", "没有扩展名", "pdf"]
)
def test_an_ending_that_is_not_on_the_list_is_refused_whatever_the_content(name):
    with pytest.raises(Refused, match="不在可上传范围内") as refusal:
        verdict(name, PDF)

    assert name in str(refusal.value)


@pytest.mark.parametrize("ending", ALLOWED)
def test_a_renamed_program_is_refused_under_every_ending(ending):
    with pytest.raises(Refused, match="不符"):
        verdict(f"材料.{ending}", EXE)


@pytest.mark.parametrize("ending", ["zip", "docx", "xlsx", "pptx", "ofd"])
def test_a_program_with_an_archive_appended_is_refused(ending):
    data = EXE + archive("[Content_Types].xml", MAIN.get(ending, "OFD.xml"))

    with pytest.raises(Refused):
        verdict(f"材料.{ending}", data)


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
        ("a.txt", PDF),
        ("a.mp4", VIDEOS["avi"]),
        ("a.doc", ole({"Workbook": b""})),
        ("a.xls", ole({"WordDocument": b""})),
        ("a.ppt", ole({"Workbook": b""})),
        ("a.docx", ole({"WordDocument": b""})),
    ],
)
def test_content_of_another_kind_is_refused(name, data):
    with pytest.raises(Refused, match="不符"):
        verdict(name, data)


@pytest.mark.parametrize("ending", ["docx", "xlsx", "pptx"])
def test_a_document_with_macros_is_refused(ending):
    data = office(ending, **{MAIN[ending].split("/")[0] + "/vbaProject.bin": b"x"})

    with pytest.raises(Refused, match="含有宏"):
        verdict(f"材料.{ending}", data)


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_damaged_archive_is_refused(cut):
    data = office("docx")

    with pytest.raises(Refused, match="已损坏"):
        verdict("a.docx", data[:-cut])


def test_every_single_damaged_byte_of_a_document_is_answered_with_a_verdict():
    data = office("docx")
    surprises = []

    for place in range(len(data)):
        damaged = data[:place] + b"\xff" + data[place + 1 :]
        try:
            verdict("a.docx", damaged)
        except Refused:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the user would see a 500
            surprises.append((place, repr(error)))

    assert surprises == []


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_taken_in_the_codes_that_offices_use(code):
    data = ("汶上县政务公开" * 3000).encode(code)

    found = verdict("台账.txt", data)

    assert found.content_type == "text/plain; charset=utf-8"


def test_judging_leaves_the_file_at_its_beginning():
    files = {ending: io.BytesIO(sample(ending)) for ending in ALLOWED}

    for ending, file in files.items():
        judge(file, f"a.{ending}")

    assert {file.tell() for file in files.values()} == {0}


# --- two files in one -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [ending for ending in ALLOWED if ending not in {*MAIN, "ofd"}])
def test_an_archive_behind_a_file_of_another_kind_is_refused(ending):
    with pytest.raises(Refused, match="不符"):
        verdict(f"a.{ending}", sample(ending) + archive("a.class"))


@pytest.mark.parametrize("ending", ["jpg", "gif", "bmp"])
def test_a_picture_that_readers_take_for_a_pdf_is_refused(ending):
    data = sample(ending)

    with pytest.raises(Refused, match="不符"):
        verdict(f"a.{ending}", data[:200] + PDF + data[200:])


def test_an_archive_of_unpacked_pdf_files_is_no_such_thing():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as made:
        made.writestr("方案.pdf", PDF)

    assert verdict("材料.zip", data.getvalue()).marks == ()


def test_white_space_before_a_pdf_is_nothing_to_object_to():
    assert verdict("a.pdf", b"\xef\xbb\xbf\r\n" + PDF).content_type == "application/pdf"


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><p>",
        "  \n<html lang='zh'>",
        "说明<script src=x>",
        "<?xml version='1.0'?><svg/>",
        "<?php x ?>",
        "#!/bin/sh",
        "@echo off\r\ndel x",
        "{\\rtf1 x}",
        "<SVG onload=x>",
    ],
)
def test_a_page_or_script_is_no_text(text, code):
    with pytest.raises(Refused, match="网页或脚本"):
        verdict("说明.txt", text.encode(code))


@pytest.mark.parametrize("text", ["面积 < 3 亩，> 2 亩", "a,b\n1,<2>\n", "见 <附件1>", "=SUM(A1:A3),-5,+86 537"])
def test_text_with_signs_is_text(text):
    assert verdict("台账.csv", text.encode()).content_type.startswith("text/csv")


@pytest.mark.parametrize(
    "cell", ["=cmd|'/c calc'!A0", "\"=MSEXCEL|'\\..\\x'!A1\"", "1,+cmd|' /C x'!Z9", "@SUM(1)*cmd|'/c x'!A0"]
)
def test_a_table_that_starts_a_program_is_refused_also_far_down(cell):
    with pytest.raises(Refused, match="公式"):
        verdict("台账.csv", ("甲,乙\n" * 300_000 + cell).encode())


# --- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "webp", "bmp"])
def test_a_picture_that_was_cut_short_is_refused(ending):
    data = picture(ending, pixels=Random(1).randbytes(120 * 80 * 3), size=(120, 80))

    with pytest.raises(Refused, match="已损坏"):
        verdict(f"照片.{ending}", data[: len(data) // 2])


@pytest.mark.parametrize(("ending", "side"), [("png", 8_000), ("png", 60_000), ("bmp", 8_000), ("gif", 60_000)])
def test_a_picture_of_more_pixels_than_anybody_takes_is_refused_before_it_is_decoded(ending, side):
    data = bytearray(picture(ending))
    if ending == "png":
        data[16:24] = side.to_bytes(4, "big") * 2
        data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    else:
        place, size = {"bmp": (18, 4), "gif": (6, 2)}[ending]
        data[place : place + 2 * size] = side.to_bytes(size, "little") * 2

    with pytest.raises(Refused, match="像素|已损坏"):
        verdict(f"a.{ending}", bytes(data))
