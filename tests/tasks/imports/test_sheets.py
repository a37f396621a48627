"""Files that come back as 填报表: ours, changed, hostile; and those that LibreOffice has saved."""

import io
import shutil
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from tasks.imports.sheets import child
from tasks.imports.sheets.columns import FILLED, FIXED, KEY, MARK_SHEET, MAX_CELL_CHARS, SHEET, SheetContent, SheetRow
from tasks.imports.sheets.reading import MAX_ROWS, read
from tasks.imports.sheets.writing import write
from wenshang_disclosure.core.web.errors import Unreadable


def a_row(key="7", **texts):
    return SheetRow(key, {**dict.fromkeys([*FIXED, *FILLED], ""), "number": 1, "count": None, **texts})


def content(*rows):
    return SheetContent("某镇填报表", ["报送批次：三季度进展", "说明。"], "mark", list(rows))


def written(*rows):
    return load_workbook(write(content(*rows)))


def saved(book):
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def sheet_with(**cells):
    """Return a file whose only row has `cells`, by field, as typed."""
    book = written(a_row())
    columns = [*FIXED, *FILLED]
    for name, value in cells.items():
        book[SHEET].cell(5, columns.index(name) + 1).value = value
    return saved(book)


# --- ours -------------------------------------------------------------------------------------------------------------

WORDS = [
    "一行\n两行",
    "=不是公式",
    "+1",
    "@某人",
    "县_x000D_局",
    "<r>字</r>",
    "😀" * 50,
    "字" * MAX_CELL_CHARS,
]


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[:6])
def test_texts_come_back_as_they_went(words):
    found = read(write(content(a_row(text=words, links="标题 https://a.example.gov.cn/")))).rows

    assert found[0]["texts"]["text"] == words
    assert (found[0]["key"], found[0]["errors"]) == ("7", [])


def test_what_was_typed_is_read_as_text():
    [row] = read(sheet_with(text=3.0, obstacles=2.5, count=4, claims_completion=True)).rows

    texts = row["texts"]
    assert (texts["text"], texts["obstacles"], texts["count"], texts["claims_completion"]) == ("3", "2.5", "4", "是")


def test_a_sorted_or_shifted_sheet_is_read_by_its_headings():
    book = written(a_row("7", text="一"), a_row("8", text="二"))
    book[SHEET].insert_rows(1)
    book[SHEET].delete_cols(3)

    found = read(saved(book))

    assert [(row["key"], row["texts"]["text"]) for row in found.rows] == [("7", "一"), ("8", "二")]
    assert found.letters["text"] == "I"


# --- not ours, or changed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["=1+1", '=HYPERLINK("http://a.cn")', "=SUM(A1:A9)"])
def test_a_formula_is_refused_by_its_address_and_never_evaluated(value):
    [row] = read(sheet_with(text=value)).rows

    assert row["errors"] == [["J5", "含有公式。请改为固定的文字或者数字（复制后选择性粘贴为数值）。"]]
    assert row["texts"]["text"] == ""


def test_an_error_value_is_named():
    [row] = read(sheet_with(text="#N/A")).rows

    assert row["errors"] == [["J5", "是错误值（如 #N/A），请改正。"]]


def other_book():
    book = Workbook()
    book.active.append(["单位", "进展"])
    return book


def without(title):
    book = written(a_row())
    book.create_sheet("说明")
    del book[title]
    return book


@pytest.mark.parametrize("book", [other_book, lambda: without(MARK_SHEET), lambda: without(SHEET)])
def test_other_files_are_told_apart(book):
    with pytest.raises(Unreadable, match="不是本系统下载的填报表"):
        read(saved(book()))


@pytest.mark.parametrize("name", [*FILLED, "key"])
def test_a_column_that_is_gone_is_named(name):
    book = written(a_row())
    columns = [*FIXED, *FILLED, "key"]
    book[SHEET].cell(4, columns.index(name) + 1).value = "改了"

    with pytest.raises(Unreadable, match=f"缺少“{(FILLED | {'key': KEY})[name]}”列"):
        read(saved(book))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (OLE, "旧版 Excel 或 WPS 表格"),
        (b"%PDF-1.7", "不是 .xlsx 文件"),
        (b"PK\x03\x04 rubbish", "已损坏"),
        (b"", "不是 .xlsx"),
    ],
)
def test_other_kinds_of_files_get_a_sentence(data, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read(io.BytesIO(data))


def test_a_zip_bomb_is_not_unpacked():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200 * 1024 * 1024)

    with pytest.raises(Unreadable, match="解压后过大"):
        read(file)


def test_too_many_rows_are_refused():
    book = written(a_row())
    for _ in range(MAX_ROWS + 1):
        book[SHEET].append([1])

    with pytest.raises(Unreadable, match=f"超过{MAX_ROWS}行"):
        read(saved(book))


def test_entities_and_external_definitions_are_refused():
    file = write(content(a_row()))
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/workbook.xml":
                data = (
                    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
                    + data.split(b"?>", 1)[1]
                )
            new.writestr(name, data)

    with pytest.raises(Unreadable, match="外部定义"):
        read(changed)


def test_the_sandbox_reads_the_same_and_passes_sentences_on():
    file = write(content(a_row(text="进展。")))

    assert child.read_limited(file) == read(file).as_data()
    with pytest.raises(Unreadable, match="不是 .xlsx 文件"):
        child.read_limited(io.BytesIO(b"%PDF-1.7"))


# --- LibreOffice ------------------------------------------------------------------------------------------------------


@pytest.fixture
def through_libreoffice(libreoffice, tmp_path):
    """Return `save(file, ending)`: what LibreOffice writes when it has opened the file."""

    def save(file, ending="xlsx"):
        source = tmp_path / "sheet.xlsx"
        with source.open("wb") as target:
            file.seek(0)
            shutil.copyfileobj(file, target)
        return io.BytesIO(libreoffice(source, ending).read_bytes())

    return save


def test_what_libreoffice_saves_is_read_like_what_went_out(through_libreoffice):
    rows = [
        a_row("7", text="第一行\n第二行", count=3, links="发布页 https://a.example.gov.cn/", claims_completion="是"),
        a_row("8", text="=不是公式"),
        a_row("9", claims_completion="否"),
    ]
    file = write(content(*rows))

    back = through_libreoffice(file)

    assert read(back).as_data() == read(file).as_data()


def test_libreoffice_keeps_protection_lists_and_what_is_hidden(through_libreoffice):
    row = a_row()
    row.closed = frozenset({"count", "open_units_note"})

    book = load_workbook(through_libreoffice(write(content(row))))

    sheet = book[SHEET]
    columns = [*FIXED, *FILLED, "key"]
    locked = {name: sheet.cell(5, at).protection.locked for at, name in enumerate(columns, start=1)}
    opened = {name for name, is_locked in locked.items() if not is_locked}
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert opened == {"text", "obstacles", "next_steps", "claims_completion", "links"}
    assert '"是,否"' in [one.formula1 for one in sheet.data_validations.dataValidation]
    assert book[MARK_SHEET].sheet_state != "visible"
    assert sheet.column_dimensions["Q"].hidden
    assert sheet.column_dimensions["L"].hidden is False


def test_what_libreoffice_saves_in_the_old_format_gets_a_sentence(through_libreoffice):
    with pytest.raises(Unreadable, match="另存为 .xlsx"):
        read(through_libreoffice(write(content(a_row())), "xls"))
