"""The Excel files, opened again: exactly the rows of the page, text as text, the ledger as on paper."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from departments.models import Unit, User
from tasks.models import Assignment, Plan
from tests.factories import AssignmentFactory, TaskFactory, claim, submit

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\tx", "\rx"]


def sheet_of(response):
    assert response.status_code == 200
    return load_workbook(io.BytesIO(b"".join(response.streaming_content))).active


def rows_of(sheet, first="序号"):
    """The rows below the header, as dicts by heading."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(index for index, row in enumerate(rows) if first in row)
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]


def test_the_file_has_exactly_the_filtered_duties(office, county):
    sheet = sheet_of(office.get(reverse("reports:export-assignments"), {"unit": county.town.pk}))

    rows = rows_of(sheet)
    assert [(row["序号"], row["承办单位"], row["亮灯"], row["最近进展"], row["佐证数"]) for row in rows] == [
        (1, county.town.name, "逾期", "已发布政策3条。", 1)
    ]
    assert f"筛选条件：承办单位：{county.town.name}" in [cell.value for cell in sheet["A"]]


def test_the_file_keeps_the_lists_order(office, county):
    sheet = sheet_of(office.get(reverse("reports:export-assignments"), {"sort": "-number"}))

    assert [row["序号"] for row in rows_of(sheet)] == [2, 1, 1]


def test_the_file_is_of_the_asked_day(office, county):
    sheet = sheet_of(office.get(reverse("reports:export-assignments"), {"as_of": "2024-09-30"}))

    assert [(row["亮灯"], row["最近进展"]) for row in rows_of(sheet)] == [("未启动", None)] * 3


def test_a_liaisons_file_has_what_they_may_see(client, county):
    client.force_login(county.people["liaison"])

    sheet = sheet_of(client.get(reverse("reports:export-assignments")))

    assert {row["承办单位"] for row in rows_of(sheet)} == {county.town.name}


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_stays_text(office, county, text):
    task = TaskFactory(section=county.task.section, requirement=f"{text}要求")
    duty = AssignmentFactory(task=task, unit=county.town)
    submit(duty, text=f"{text}进展")

    for name in (
        "reports:export-assignments",
        "reports:export-tasks",
        "reports:export-reviews",
        "reports:export-ledger",
    ):
        sheet = sheet_of(office.get(reverse(name)))
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert any(str(cell.value or "").strip().startswith(text.strip()[:2]) for cell in cells)


@pytest.mark.parametrize(
    ("query", "sentence"), [("due_from=x", "填写日期"), ("as_of=garbage", "截至日期"), ("light=x", "没有这个选项")]
)
def test_no_file_is_guessed_from_a_wrong_address(office, county, query, sentence):
    response = office.get(f"{reverse('reports:export-assignments')}?{query}")

    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_a_file_without_rows_still_has_its_heading(office, county):
    sheet = sheet_of(office.get(reverse("reports:export-assignments"), {"q": "没有这样的文字"}))

    assert rows_of(sheet) == []


def test_the_file_is_ready_to_print(office, county):
    sheet = sheet_of(office.get(reverse("reports:export-assignments")))

    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth or 1, sheet.print_title_rows) == (
        "landscape",
        1,
        "$3:$3",
    )
    assert sheet.freeze_panes == "A4"


# --- the ledger of the real table -------------------------------------------------------------------------------------


@pytest.fixture
def ledger(client, evidence_folder):
    call_command("load_units", verbosity=0)
    office = User.objects.create_superuser("office", password="a password of ten", name="办公室")
    call_command("load_plan", "fixtures/plan-2024.json", issued_by="office")
    commerce = Unit.objects.get(name="县商务局")
    duty = Assignment.objects.get(task__number=1, unit=commerce)
    others = Assignment.objects.filter(task__number=1, role="responsible")
    submit(duty, text="=已发布招商政策", obstacles="人手不足。", evidence=2)
    claim(others.first())
    client.force_login(office)
    return sheet_of(client.get(reverse("reports:export-ledger")))


def ledger_row(sheet, number):
    """The sheet's row of a task: three lines of heading, then a line for each part before it."""
    parts = Plan.objects.get().parts.filter(kind="table")
    before = [part for part in parts if part.sections.filter(tasks__number__lte=number).exists()]
    return 3 + len(before) + number


def merged(sheet):
    return {str(cells) for cells in sheet.merged_cells.ranges}


def test_the_ledger_has_the_official_columns_and_rows(ledger):
    assert [cell.value for cell in ledger[3]] == [
        "工作任务",
        "牵头部门",
        "责任单位",
        "具体要求",
        "完成时限",
        "进展情况",
        "存在问题",
        "下步措施",
        "亮灯",
        "办结单位/应办单位",
        "佐证数",
    ]
    assert ledger.max_row == 3 + 5 + 54
    assert ledger["A1"].value == "2024年汶上县政务公开重点工作任务分解表"
    assert "汶政办字〔2024〕8号" in ledger["A2"].value


def test_the_ledger_merges_cells_as_on_paper(ledger):
    first = {number: ledger_row(ledger, number) for number in (1, 46, 48, 52)}

    assert {
        f"A{first[1]}:A{first[1] + 4}",
        f"B{first[46]}:B{first[46] + 1}",
        f"B{first[48]}:B{first[48] + 3}",
        f"C{first[48]}:C{first[48] + 3}",
        f"B{first[52]}:B{first[52] + 2}",
        "A4:K4",
    } <= merged(ledger)


def test_the_ledger_tells_progress_lights_and_counts(ledger):
    row = [cell.value for cell in ledger[ledger_row(ledger, 1)]]
    duties = Assignment.objects.filter(task__number=1)

    assert row[5] == "县商务局（待审核）：=已发布招商政策"
    assert row[6] == "县商务局：人手不足。"
    assert row[8] == f"逾期{duties.count()}"
    assert row[9:] == [f"0/{duties.count()}", 3]


def test_the_ledger_counts_where_nobody_coordinates(ledger):
    assert ledger.cell(ledger_row(ledger, 19), 6).value == "40个单位承办，已报送0个，办结0个。"


def test_the_ledger_is_set_up_for_a3_with_the_header_repeated(ledger):
    setup = ledger.page_setup
    assert (setup.orientation, str(setup.paperSize), setup.fitToWidth or 1, ledger.print_title_rows) == (
        "landscape",
        "8",
        1,
        "$3:$3",
    )


def test_a_past_days_ledger_has_nothing_that_came_later(client, ledger):
    sheet = sheet_of(client.get(reverse("reports:export-ledger"), {"as_of": "2024-09-30"}))

    row = [cell.value for cell in sheet[ledger_row(sheet, 1)]]
    assert row[5:8] == [None, None, None]
    assert dt.date(2024, 9, 30).strftime("%Y年%m月%d日") in sheet["A2"].value
