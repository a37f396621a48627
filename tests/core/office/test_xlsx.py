"""Cells that are safe to open, lists that are ready to print and never held in memory."""

import datetime as dt
import re
import tempfile
import tracemalloc
import zipfile
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tasks.choices import Light
from wenshang_disclosure.core.office.escapes import unescaped
from wenshang_disclosure.core.office.xlsx import (
    LINE_POINTS,
    MAX_CELL_UNITS,
    MAX_ROW_POINTS,
    MOMENT,
    PERCENT,
    ROW_PADDING_POINTS,
    Book,
    cell_value,
    height_of,
    sheet_name,
    stream_table,
)

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1+1", "=", "=cmd|' /C calc'!A0"]


def opened(columns, rows, title="清单", notes=("说明",)):
    return load_workbook(stream_table(title, notes, columns, rows)).active


def only_cell(value, *number_format):
    return opened([("内容", 20, *number_format)], [[value]])["A4"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_is_text_in_a_list(text):
    cell = only_cell(text)

    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.value == text.replace("\r", "\n")


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_is_text_in_a_sheet(text):
    with Book() as book:
        book.sheet("表").put(0, 0, text)
        cell = load_workbook(book.finished()).active["A1"]

    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_titles_notes_and_headings_are_text_as_well():
    sheet = opened([("=3+3", 20)], [], title="=1+1", notes=["=2+2"])

    assert [(cell.value, cell.data_type) for cell in sheet["A"]] == [("=1+1", "s"), ("=2+2", "s"), ("=3+3", "s")]


def test_no_formula_is_written_into_the_file():
    file = stream_table("清单", [], [("内容", 20)], [[text] for text in FORMULAS])

    assert re.findall(rb"<f[ />]", zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")) == []


@pytest.mark.parametrize("text", ["已发布3条", "a=b", "3-5月", "联系@单位", "12月底前"])
def test_other_text_is_not_marked(text):
    cell = only_cell(text)

    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", False)


@pytest.mark.parametrize("text", ["#REF!", "#N/A", "#DIV/0!"])
def test_text_that_reads_like_an_error_is_text(text):
    cell = only_cell(text)

    assert (cell.value, cell.data_type) == (text, "s")


def test_a_quoted_row_does_not_mark_the_next():
    sheet = opened([("内容", 20)], [["=1"], ["平常"], [5], ["=2"]])

    cells = [sheet.cell(row, 1) for row in range(4, 8)]
    assert [(cell.value, cell.quotePrefix) for cell in cells] == [
        ("=1", True),
        ("平常", False),
        (5, False),
        ("=2", True),
    ]


def test_an_empty_value_does_not_repeat_the_row_above():
    sheet = opened([("甲", 9), ("乙", 9)], [["一", "二"], [None, ""]])

    assert [cell.value for cell in sheet[5]] == [None, None]


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_characters_that_a_file_cannot_carry_are_left_out(bad):
    assert only_cell(f"甲{bad}乙").value == "甲乙"


def test_lines_end_as_excel_ends_them():
    assert cell_value("一\r\n二\r三\n四\t五") == "一\n二\n三\n四\t五"


def test_text_as_long_as_excel_takes_stays_whole():
    assert cell_value("政" * MAX_CELL_UNITS) == "政" * MAX_CELL_UNITS


def test_longer_text_is_cut_with_a_closing_mark():
    assert cell_value("政" * (MAX_CELL_UNITS + 1)) == "政" * (MAX_CELL_UNITS - 1) + "…"


def test_rare_characters_count_twice_as_excel_counts_them():
    cut = cell_value("𠮷" * 20_000)

    assert cut == "𠮷" * 16_383 + "…"
    assert len(cut.encode("utf-16-le")) // 2 <= MAX_CELL_UNITS


def test_moments_are_shown_in_shanghai():
    cell = only_cell(dt.datetime(2024, 9, 30, 16, 5, tzinfo=dt.UTC))

    assert (cell.value, cell.number_format) == (dt.datetime(2024, 10, 1, 0, 5), MOMENT)


def test_days_are_days_and_not_numbers():
    cell = only_cell(dt.date(2024, 12, 31))

    assert (cell.value, cell.number_format, cell.is_date) == (dt.datetime(2024, 12, 31), "yyyy-mm-dd", True)


def test_numbers_are_shown_as_their_column_says():
    cell = only_cell(0.375, PERCENT)

    assert (cell.value, cell.number_format) == (0.375, PERCENT)


@pytest.mark.parametrize(
    ("value", "kept"),
    [(True, True), (Decimal("1.5"), 1.5), (Light.DONE, "done"), (dt.timedelta(days=1), "1 day, 0:00:00"), ([1], "[1]")],
)
def test_other_values_are_kept_or_said_in_words(value, kept):
    assert only_cell(value).value == kept


@pytest.mark.parametrize(
    ("title", "name"),
    [("网信办/新闻办承办事项", "网信办 新闻办承办事项"), ("[a]:*?\\", "a"), ("'", "清单"), ("县" * 40, "县" * 31)],
)
def test_a_sheets_name_is_one_that_excel_takes(title, name):
    assert sheet_name(title) == name
    assert opened([("内容", 20)], [], title=title).title == name


def test_a_list_has_title_notes_header_and_rows():
    sheet = opened([("序号", 6), ("单位", 22.5)], [[1, "甲局"], [2, "乙局"]], title="各单位", notes=["截至", "筛选"])

    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["各单位", None],
        ["截至", None],
        ["筛选", None],
        ["序号", "单位"],
        [1, "甲局"],
        [2, "乙局"],
    ]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A5", "A4:B6")
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == [6, 22.5]
    assert sheet["B5"].alignment.wrap_text
    assert sheet["A4"].font.bold


def test_a_list_is_ready_to_print():
    sheet = opened([("序号", 6)], [[1]])

    setup = sheet.page_setup
    assert (setup.orientation, int(setup.paperSize), setup.fitToWidth or 1, setup.fitToHeight) == ("landscape", 9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"


def test_a_wide_list_goes_on_the_larger_paper():
    assert int(opened([("序号", 100), ("单位", 100)], []).page_setup.paperSize) == 8


def test_the_style_is_shared_however_long_the_list():
    def styles(count):
        rows = ([f"={n}", f"{n}", n, dt.date(2024, 1, 1)] for n in range(count))
        return len(load_workbook(stream_table("清单", [], [("列", 9)] * 4, rows))._cell_styles)

    assert styles(2) == styles(200)


def test_a_list_is_written_in_constant_memory():
    def peak(count):
        rows = ([n, f"第{n}项，" + "做好政策发布。" * 20] for n in range(count))
        tracemalloc.start()
        stream_table("清单", ["说明"], [("序号", 6), ("要求", 40)], rows).close()
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    peak(10)  # what is only made once

    assert peak(8000) < peak(4000) + 200_000


def test_a_list_that_fails_leaves_no_file_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows():
        yield ["甲"]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        stream_table("清单", [], [("内容", 20)], rows())

    assert list(tmp_path.iterdir()) == []


def test_a_finished_list_leaves_no_file_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    stream_table("清单", [], [("内容", 20)], [["甲"]]).close()

    assert list(tmp_path.iterdir()) == []


def test_a_row_of_a_list_is_as_high_as_its_longest_cell():
    sheet = opened(
        [("序号", 6), ("要求", 22)], [[1, "短"], [2, "十个汉字占满一行的。" * 3], [3, "一\n二"], [4, "政" * 9000]]
    )

    line = LINE_POINTS + ROW_PADDING_POINTS
    assert [sheet.row_dimensions[row].height for row in range(4, 8)] == [
        line,
        line + 2 * LINE_POINTS,
        line + LINE_POINTS,
        MAX_ROW_POINTS,
    ]


def test_a_heading_wider_than_its_column_gets_a_second_line():
    sheet = opened([("完成时限（原文）", 12)], [])

    assert sheet.row_dimensions[3].height == 2 * LINE_POINTS + ROW_PADDING_POINTS


@pytest.mark.parametrize(
    ("value", "lines"), [("政" * 10, 1), ("政" * 11, 2), ("a" * 20, 1), ("a" * 21, 2), ("\n\n", 3), (None, 1), (5, 1)]
)
def test_a_chinese_character_is_two_columns_wide(value, lines):
    assert height_of(value, 22) == lines * LINE_POINTS + ROW_PADDING_POINTS


def test_a_moment_is_not_rounded_up_into_the_next_second():
    moment = dt.datetime(2024, 9, 30, 4, 0, 53, 999_900, tzinfo=dt.UTC)

    assert cell_value(moment) == dt.datetime(2024, 9, 30, 12, 0, 53)


@pytest.mark.parametrize(
    "text", ["<r><t>甲</t></r>", "<r></r>", " <r>甲</r>", "</t></is></c>", "a&b<c>", "  甲  ", "甲\n乙"]
)
def test_text_that_looks_like_markup_is_text(text):
    sheet = opened([("内容", 20)], [[text], ["平常"]])

    assert [sheet["A4"].value, sheet["A5"].value] == [text, "平常"]
    assert (sheet["A4"].font.name, sheet["A4"].font.size) == (sheet["A5"].font.name, sheet["A5"].font.size)


def test_text_that_looks_like_an_escaped_character_is_escaped():
    file = stream_table("清单", [], [("内容", 20)], [["_x0041_"]])

    assert "_x005F_x0041_" in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()


def test_also_where_it_looks_like_rich_text_too():
    file = stream_table("清单", [], [("内容", 20)], [["<r>_x0041__x0042_</r>"]])

    assert unescaped(load_workbook(file).active["A3"].value) == "<r>_x0041__x0042_</r>"
    assert "_x005F_x005F_" not in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize(
    ("held", "text"),
    [
        ("_x005F_x2024_", "_x2024_"),
        ("_x2024_", "_x2024_"),
        ("甲_x000D_乙", "甲\r乙"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x005F_其他", "_x005F_其他"),
    ],
)
def test_escapes_are_read_back(held, text):
    assert unescaped(held) == text


def test_cells_are_merged_across_rows_that_are_written_one_by_one():
    with Book() as book:
        sheet = book.sheet("表")
        sheet.across(0, 1, "标题", height=30)
        for row in (1, 2, 3):
            sheet.put(row, 0, "甲" if row == 1 else "")
            sheet.put(row, 1, row)
        sheet.merge(1, 0, 3, 0)
        sheet.merge(1, 1, 1, 1)
        written = load_workbook(book.finished()).active

    assert [[cell.value for cell in row] for row in written] == [["标题", None], ["甲", 1], [None, 2], [None, 3]]
    assert {str(area) for area in written.merged_cells.ranges} == {"A1:B1", "A2:A4"}


def test_a_link_leads_to_a_place_a_page_or_a_file():
    with Book() as book:
        sheet = book.sheet("表")
        sheet.link(0, 0, "'表'!A3:B4", 5)
        sheet.link(1, 0, None, "=5")
        sheet.link_to_page(2, 0, "https://www.example.gov.cn/art/1?a=1&b=2")
        sheet.link_to_file(3, 0, "第1项/县 局/方案.pdf", "=方案")
        cells = [row[0] for row in load_workbook(book.finished()).active]

    assert [cell.value for cell in cells] == [5, "=5", "https://www.example.gov.cn/art/1?a=1&b=2", "=方案"]
    assert [cell.data_type for cell in cells] == ["n", "s", "s", "s"]
    assert [cell.hyperlink and (cell.hyperlink.target or cell.hyperlink.location) for cell in cells] == [
        "'表'!A3:B4",
        None,
        "https://www.example.gov.cn/art/1?a=1&b=2",
        "第1项/县%20局/方案.pdf",
    ]
