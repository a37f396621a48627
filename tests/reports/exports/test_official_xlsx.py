"""The Excel file of a plan, opened again: nothing is cut off, nothing is lost in a merged cell."""

import pytest
from openpyxl import load_workbook

from reports.exports import plan_files
from tasks.choices import DutyRole
from tests.factories import DesignationFactory, PartFactory, PlanFactory, SectionFactory, TaskFactory, UnitFactory
from wenshang_disclosure.core.office.xlsx import MAX_ROW_POINTS

pytestmark = pytest.mark.django_db

SECTION, LEAD, REQUIREMENT, DEADLINE = "A", "B", "D", "E"


@pytest.fixture
def section():
    part = PartFactory(plan=PlanFactory(title="2024年测试分解表"), heading="一、政策公开")
    return SectionFactory(part=part, heading="（一）集中公开")


def rows_of(section):
    """The sheet, and the numbers of its rows below the part's heading."""
    sheet = load_workbook(plan_files.excel(section.part.plan)).active
    heading = next(cell.row for cell in sheet["A"] if cell.value == "一、政策公开")
    return sheet, range(heading + 1, sheet.max_row + 1)


def test_a_long_heading_over_one_short_row_gets_its_room(section):
    section.heading = "（一）" + "以公开助推高质量发展" * 6
    section.save()
    TaskFactory(section=section, number=1, requirement="公开。")

    sheet, (row,) = rows_of(section)

    assert sheet.row_dimensions[row].height >= 7 * 14  # 63 characters, 8 a line


def test_a_long_heading_over_many_short_rows_shares_them(section):
    section.heading = "（一）" + "以公开助推高质量发展" * 6
    section.save()
    for number in (1, 2):
        TaskFactory(section=section, number=number, requirement="公开。")

    sheet, rows = rows_of(section)

    assert sum(sheet.row_dimensions[row].height for row in rows) >= 7 * 14


def test_no_page_ends_in_the_middle_of_a_merged_cells_text(section):
    for number in (1, 2):
        TaskFactory(section=section, number=number)

    sheet, rows = rows_of(section)

    assert sheet[f"{SECTION}{rows[0]}"].alignment.vertical == "top"


def test_what_is_higher_than_excel_takes_is_written_smaller(section):
    TaskFactory(section=section, number=1, requirement="做好信息公开。" * 200)

    sheet, (row,) = rows_of(section)

    assert sheet.row_dimensions[row].height == MAX_ROW_POINTS
    assert sheet[f"{REQUIREMENT}{row}"].font.size < sheet[f"{DEADLINE}{row}"].font.size


def test_a_cell_with_other_names_than_the_one_above_is_not_merged_away(section):
    for number, name in ((1, "县商务局"), (2, "县财政局")):
        task = TaskFactory(section=section, number=number)
        DesignationFactory(task=task, role=DutyRole.LEAD, unit=UnitFactory(name=name), from_cell_above=number == 2)

    sheet, rows = rows_of(section)

    assert [sheet[f"{LEAD}{row}"].value for row in rows] == ["县商务局", "县财政局"]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ({"deadline_as_written": "", "due_on": None}, None),
        ({"deadline_as_written": "", "due_on": None, "recurrence": "ongoing"}, None),
        ({"deadline_as_written": "", "due_on": "2024-12-31"}, "2024-12-31前"),
        ({"deadline_as_written": "年底前", "due_on": "2024-12-31"}, "年底前"),
    ],
)
def test_a_deadline_that_is_still_open_is_blank_on_paper(section, written, printed):
    TaskFactory(section=section, number=1, **written)

    sheet, (row,) = rows_of(section)

    assert sheet[f"{DEADLINE}{row}"].value == printed


def test_only_the_table_is_printed(section):
    TaskFactory(section=section, number=1)

    sheet, (row,) = rows_of(section)

    assert sheet.print_area == f"'任务分解表'!$A$1:$E${row}"
