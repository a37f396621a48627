"""Bad files get a sentence for the person, whatever is wrong with them; never an error of ours."""

import contextlib
import io
import random
import shutil
import time
import zipfile

import olefile
import pytest

from tasks.imports.meaning.understanding import understand
from tasks.imports.reading import child, files
from tasks.imports.reading.source import MAX_ROWS
from wenshang_disclosure.core.office.archives import SUSPICIOUS
from wenshang_disclosure.core.office.reading import TOO_MUCH
from wenshang_disclosure.core.office.signatures import OLE_HEAD
from wenshang_disclosure.core.web.errors import Unreadable

from .makers import csv_file, docx_file, xlsx_file
from .raw_files import archive
from .registers import county_register

ROWS = [["任务", "牵头单位", "时限"], *[[f"公开第{n}批文件。", "县司法局", "12月底前"] for n in range(12)]]


@pytest.fixture
def docx(tmp_path):
    return docx_file(tmp_path / "a.docx", ROWS)


@pytest.fixture
def xlsx(tmp_path):
    return xlsx_file(tmp_path / "a.xlsx", ROWS)


def refusal(path):
    with pytest.raises(Unreadable) as refused:
        files.read(path)
    return str(refused.value)


def rewritten(path, change=lambda name, data: data, extra=()):
    """Write the archive again, each part changed by `change(name, bytes)`, with more parts added."""
    parts = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            archive.writestr(name, change(name, parts.read(name)))
        for name, data in extra:
            archive.writestr(name, data)
    return path


def test_what_is_no_table_is_named_as_such(tmp_path):
    contents = {
        "a.pdf": (b"%PDF-1.7 ...", "PDF"),
        "a.png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "无法读取"),
        "a.txt": ("这是一段文字，没有表格，只有逗号。\n第二段。".encode(), "没有找到表格"),
        "a.docx": (b"", "空的"),
        "a.xlsx": (b"PK\x03\x04" + b"rubbish" * 10, "已损坏"),
        "a.zip": (b"PK\x05\x06" + bytes(18), "无法读取"),
    }
    for name, (data, words) in contents.items():
        (tmp_path / name).write_bytes(data)
        assert words in refusal(tmp_path / name), name


def test_an_ending_does_not_decide_what_a_file_is(docx, tmp_path):
    renamed = tmp_path / "b.xlsx"
    shutil.copy(docx, renamed)

    assert len(files.read(renamed).grids[0].rows) == 13


def test_a_word_file_without_a_table(tmp_path):
    assert "没有找到表格" in refusal(docx_file(tmp_path / "a.docx", before=["只有正文。"]))


def test_a_macro_file_is_refused(docx, xlsx):
    for path, name in ((docx, "word/vbaProject.bin"), (xlsx, "xl/vbaProject.bin")):
        assert "宏" in refusal(rewritten(path, extra=[(name, b"x")]))


def test_an_xml_bomb_is_refused_before_it_is_parsed(docx, xlsx):
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
    for path, part in ((docx, "word/document.xml"), (xlsx, "xl/worksheets/sheet1.xml")):
        assert "外部定义" in refusal(rewritten(path, lambda name, data, part=part: bomb if name == part else data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_definitions_are_found_wherever_they_stand(tmp_path, encoding):
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!--{" " * 5000}--><!DOCTYPE w [<!ENTITY a "b">]><w>&a;</w>'
    path = archive(tmp_path / "a.docx", **{"word/document.xml": xml.encode(encoding)})

    assert refusal(path) == SUSPICIOUS


def test_a_merged_cell_of_long_text_over_a_thousand_others_is_too_much(tmp_path):
    page = tmp_path / "a.xls"
    cell = f"<td colspan=60 rowspan=20>{'长' * 20_000}</td>"
    page.write_text(f"<html><table><tr>{cell}</tr>{'<tr></tr>' * 19}</table></html>")

    assert refusal(page) == TOO_MUCH


def test_a_zip_bomb_is_refused_unopened(docx):
    began = time.monotonic()
    bombed = rewritten(docx, extra=[("word/media/big.bin", bytes(200 * 1024 * 1024))])

    assert "解压后过大" in refusal(bombed)
    assert bombed.stat().st_size < 1024 * 1024
    assert time.monotonic() - began < 30


def test_too_many_rows_are_counted_and_named(tmp_path):
    rows = [["任务", "牵头单位", "时限"], *[["公开文件。", "县司法局", "12月底前"]] * (MAX_ROWS + 5)]
    path = csv_file(tmp_path / "a.csv", rows)

    assert f"超过{MAX_ROWS}行" in refusal(path)


def test_fifty_thousand_rows_of_excel_are_refused_quickly(tmp_path):
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("任务")
    for _ in range(50_000):
        sheet.append(["公开文件。", "县司法局", "12月底前"])
    book.save(tmp_path / "a.xlsx")

    assert "50000行，超过" in refusal(tmp_path / "a.xlsx")


def _ole(tmp_path, monkeypatch, streams):
    """A file that olefile takes for one with these streams."""

    class Fake:
        def __init__(self, path):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *args):
            return False

        def listdir(self, **kwargs):
            return [name.split("/") for name in streams]

    monkeypatch.setattr(olefile, "OleFileIO", Fake)
    path = tmp_path / "old.doc"
    path.write_bytes(OLE_HEAD + bytes(600))
    return path


def test_a_locked_file_is_told_to_be_unlocked(tmp_path, monkeypatch):
    assert "密码" in refusal(_ole(tmp_path, monkeypatch, ["EncryptedPackage", "EncryptionInfo"]))


def test_an_old_file_with_macros_is_refused(tmp_path, monkeypatch):
    assert "宏" in refusal(_ole(tmp_path, monkeypatch, ["WordDocument", "Macros/VBA"]))


def test_without_libreoffice_the_person_learns_how_to_save_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)

    said = refusal(_ole(tmp_path, monkeypatch, ["WordDocument"]))

    assert "另存为" in said
    assert ".docx" in said


def test_a_damaged_old_file(tmp_path):
    path = tmp_path / "old.doc"
    path.write_bytes(OLE_HEAD + bytes(600))

    assert refusal(path)


@pytest.mark.parametrize("ending", ["doc", "xls", "rtf"])
def test_old_files_are_converted_where_libreoffice_is(libreoffice, docx, xlsx, ending):
    source = files.read(libreoffice(xlsx if ending == "xls" else docx, ending))

    assert [row.cells for row in source.grids[0].rows] == ROWS


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
def test_files_damaged_at_random_are_read_or_refused_and_nothing_else(tmp_path, docx, xlsx, kind):
    good = {"docx": docx, "xlsx": xlsx, "csv": csv_file(tmp_path / "a.csv", ROWS)}[kind]
    data = good.read_bytes()
    chance = random.Random(20240624)
    outcomes = set()

    for _ in range(150):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 12)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged)) :]
        good.write_bytes(damaged)
        try:
            understand(files.read(good), 2024, county_register())
        except Unreadable:
            outcomes.add("refused")
        else:
            outcomes.add("read")

    assert "refused" in outcomes or kind == "csv"


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/numbering.xml", "[Content_Types].xml"])
def test_parts_of_a_word_file_damaged_at_random(tmp_path, docx, part):
    chance = random.Random(8)
    whole = docx.read_bytes()

    def spoil(name, data):
        if name != part or not data:
            return data
        damaged = bytearray(data)
        for _ in range(6):
            damaged[chance.randrange(len(damaged))] = chance.choice(b'<>/"=w: 0a')
        return bytes(damaged)

    for _ in range(40):
        docx.write_bytes(whole)
        rewritten(docx, spoil)
        with contextlib.suppress(Unreadable):
            understand(files.read(docx), 2024, county_register())


def test_the_child_process_gives_what_was_read_and_how_far_it_was(tmp_path):
    rows = [["任务", "牵头单位", "时限"], *[["公开文件。", "县司法局", "12月底前"]] * 900]
    path = xlsx_file(tmp_path / "a.xlsx", rows)
    percents = []

    source = child.read_limited(path, percents.append)

    assert len(source.grids[0].rows) == 901
    assert percents
    assert percents == sorted(percents)


def test_the_child_process_passes_the_refusal_on(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")

    with pytest.raises(Unreadable, match="PDF"):
        child.read_limited(tmp_path / "a.pdf")


def test_a_reading_that_takes_too_long_is_stopped(tmp_path, xlsx):
    with pytest.raises(Unreadable, match="用时过长"):
        child.read_limited(xlsx, seconds=0.01)
