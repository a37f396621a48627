"""The ledger of the real 2024 table, opened again: as on paper on the left, as the querysets say on the right."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from departments.choices import Role
from departments.models import Unit, User
from reports.exports.ledger import MAX_ROW_POINTS, ledger
from tasks.choices import DutyRole, Light, PartKind, PlanState, ReportState
from tasks.models import Assignment, Evidence, Plan, ProgressReport
from tasks.scope import Scope
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, DesignationFactory, TaskFactory, UserFactory, claim, complete, submit
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

SEPTEMBER = dt.datetime(2024, 9, 20, 2, tzinfo=dt.UTC)
AS_OF = dt.date(2024, 9, 30)
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]
SECTION, LEAD, RESPONSIBLE, REQUIREMENT, DEADLINE, PROGRESS, OBSTACLES, NEXT, LIGHTS, DONE, EVIDENCE = range(1, 12)


@pytest.fixture(autouse=True)
def autumn():
    with time_machine.travel(SEPTEMBER, tick=False):
        yield


def build_table():
    User.objects.create_superuser("admin", password="a password of ten", name="管理员")
    call_command("load_units", verbosity=0)
    call_command("load_plan", "fixtures/plan-2024.json", issued_by="admin")


@pytest.fixture(scope="module")
def shared_table(share):
    with time_machine.travel(SEPTEMBER, tick=False):
        return share(build_table)


@pytest.fixture
def admin(db, shared_table):
    return User.objects.get(username="admin")


@pytest.fixture
def plan(db, shared_table):
    return Plan.objects.get()


@pytest.fixture
def reviewer(plan):
    return UserFactory(role=Role.REVIEWER)


def sheet_of(plan, user, as_of=AS_OF):
    with evening(as_of):
        return load_workbook(ledger(Scope(user, plan, as_of))).active


def line(plan, number):
    """The sheet's row of a task: three lines of heading, then one for each part so far."""
    parts = plan.parts.filter(kind=PartKind.TABLE, sections__tasks__number__lte=number).distinct().count()
    return 3 + parts + number


def told(plan, sheet, number):
    """The six values of the row's right half, an empty cell as an empty text."""
    row = line(plan, number)
    return ["" if value is None else value for value in (sheet.cell(row, c).value for c in range(PROGRESS, 12))]


def duty(number, name):
    return Assignment.objects.get(task__number=number, unit__name=name)


def merged(sheet, column):
    """The merged cells of one column as pairs of first and last row."""
    return {(r.min_row, r.max_row) for r in sheet.merged_cells.ranges if (r.min_col, r.max_col) == (column, column)}


def liaison_of(name):
    return UserFactory(role=Role.LIAISON, unit=Unit.objects.get(name=name))


# --- the left half: as on paper ---------------------------------------------------------------------------------------


def test_title_document_number_and_day_stand_over_the_table(plan, admin):
    sheet = sheet_of(plan, admin)

    assert [sheet["A1"].value, sheet["A2"].value] == [
        "2024年汶上县政务公开重点工作任务分解表",
        "汶政办字〔2024〕8号　　截至2024年09月30日",
    ]
    assert {"A1:K1", "A2:K2"} <= {str(cells) for cells in sheet.merged_cells.ranges}


def test_demonstration_data_are_named(plan, admin):
    Plan.objects.update(has_demo_activity=True)
    plan.refresh_from_db()

    assert "含演示数据" in sheet_of(plan, admin)["A2"].value


def test_every_row_of_the_table_stands_in_its_place_and_the_notice_is_left_out(plan, admin):
    sheet = sheet_of(plan, admin)

    tasks = plan.tasks.filter(section__part__kind=PartKind.TABLE).order_by("number")
    rows = [line(plan, task.number) for task in tasks]
    assert [sheet.cell(row, REQUIREMENT).value for row in rows] == [task.requirement for task in tasks]
    assert [sheet.cell(row, DEADLINE).value for row in rows] == [task.deadline_as_written for task in tasks]
    assert sheet.max_row == rows[-1] == 3 + 5 + 54


def test_part_headings_go_across(plan, admin):
    sheet = sheet_of(plan, admin)

    across = [r for r in sheet.merged_cells.ranges if (r.min_col, r.max_col) == (1, 11) and r.min_row > 3]
    parts = plan.parts.filter(kind=PartKind.TABLE).order_by("order")
    assert [sheet.cell(r.min_row, 1).value for r in sorted(across, key=lambda r: r.min_row)] == [
        part.heading for part in parts
    ]


def test_section_headings_are_merged_over_their_rows(plan, admin):
    sheet = sheet_of(plan, admin)

    sections = {}
    for task in plan.tasks.filter(section__part__kind=PartKind.TABLE).select_related("section"):
        sections.setdefault(task.section, []).append(line(plan, task.number))
    assert merged(sheet, SECTION) == {(min(rows), max(rows)) for rows in sections.values() if len(rows) > 1}
    assert {s.heading: sheet.cell(min(rows), 1).value for s, rows in sections.items()} == {
        s.heading: s.heading for s in sections
    }


def test_names_are_merged_with_the_cell_above_exactly_where_paper_does(plan, admin):
    sheet = sheet_of(plan, admin)

    at = {number: line(plan, number) for number in (46, 47, 48, 51, 52, 54)}
    assert merged(sheet, LEAD) == {(at[46], at[47]), (at[48], at[51]), (at[52], at[54])}
    assert merged(sheet, RESPONSIBLE) == {(at[48], at[51])}


def test_names_stand_one_a_line_as_written(plan, admin):
    sheet = sheet_of(plan, admin)

    assert sheet.cell(line(plan, 1), LEAD).value == "县商务局\n县投资促进服务中心"
    assert sheet.cell(line(plan, 3), RESPONSIBLE).value == (
        "县政府有关部门、单位（待明确）\n各乡镇（街道）人民政府（办事处）"
    )
    assert sheet.cell(line(plan, 24), RESPONSIBLE).value is None


# --- the right half: as the querysets say -----------------------------------------------------------------------------


def test_lights_and_counts_are_those_of_the_queryset(plan, admin):
    for number, name in ((1, "中都街道办事处"), (1, "南旺镇人民政府"), (19, "县民政局")):
        complete(duty(number, name))
    claim(duty(1, "军屯乡人民政府"))
    with time_machine.travel(dt.datetime(2024, 12, 20, 2, tzinfo=dt.UTC)):
        as_of = dt.date(2024, 12, 20)
        sheet = sheet_of(plan, admin, as_of)
        rows = Assignment.objects.shown_to(admin, plan, as_of).light_counts("task__number")

        counts = {row["task__number"]: row for row in rows}
        for number in range(1, 55):
            row = counts[number]
            lights = "、".join(f"{light.label}{row[light]}" for light in Light if row[light])
            assert told(plan, sheet, number)[3:5] == [lights, f"{row['done']}/{row['owed']}"]
        assert told(plan, sheet, 1)[3].split("、")[-1] == "办结2"
        assert told(plan, sheet, 1)[3].startswith("临期")


def test_the_coordinators_latest_words_stand_in_the_row(plan, admin, reviewer):
    trade, invest = duty(1, "县商务局"), duty(1, "县投资促进服务中心")
    submit(trade, text="先前")
    with time_machine.travel(dt.datetime(2024, 9, 21, 2, tzinfo=dt.UTC)):
        submit(trade, text="已发布3条。", obstacles="人手不足。", next_steps="加强培训。")
        reviews.approve(submit(invest, text="已推送5条。"), by=reviewer)
        submit(duty(1, "南旺镇人民政府"), text="不在此列")

        sheet = sheet_of(plan, admin)

    assert told(plan, sheet, 1)[:3] == [
        "县商务局（待审核）：已发布3条。\n县投资促进服务中心：已推送5条。",
        "县商务局：人手不足。",
        "县商务局：加强培训。",
    ]


def test_an_evening_shows_what_was_answered_by_then(plan, admin, reviewer):
    report = submit(duty(2, "县发展和改革局"), text="已发布。")
    with time_machine.travel(dt.datetime(2024, 9, 25, 2, tzinfo=dt.UTC)):
        reviews.return_(report, by=reviewer, comment="请补充链接。")
    with time_machine.travel(dt.datetime(2024, 9, 27, 2, tzinfo=dt.UTC)):
        reviews.approve(submit(duty(2, "县发展和改革局"), text="已补充。"), by=reviewer)
        evenings = [sheet_of(plan, admin, dt.date(2024, 9, day)) for day in (19, 24, 25, 27)]

    assert [told(plan, sheet, 2)[0] for sheet in evenings] == [
        "",
        "县发展和改革局（待审核）：已发布。",
        "县发展和改革局（已退回）：已发布。",
        "县发展和改革局：已补充。",
    ]


def test_a_draft_is_not_told(plan, admin):
    submit(duty(1, "县商务局"), text="已报送")
    ProgressReport.objects.update(state=ReportState.DRAFT)

    assert told(plan, sheet_of(plan, admin), 1)[0] == ""


def test_counts_stand_where_nobody_coordinates(plan, admin):
    submit(duty(19, "县民政局"))
    submit(duty(19, "县民政局"))
    complete(duty(19, "县财政局"))

    assert told(plan, sheet_of(plan, admin), 19)[0] == "40个单位承办，已报送2个，办结1个。"


def test_a_duty_released_by_then_is_in_no_figure(plan, admin):
    gone = duty(19, "县财政局")
    submit(gone, evidence=3)
    submit(duty(1, "县商务局"), text="合并前的话")
    day = dt.date(2024, 9, 25)
    Assignment.objects.filter(unit__name__in=["县财政局", "县商务局"]).update(released_on=day)

    before, after = (sheet_of(plan, admin, as_of) for as_of in (day - dt.timedelta(days=1), day))

    assert told(plan, before, 19) == ["40个单位承办，已报送1个，办结0个。", "", "", "未启动39、推进中1", "0/40", 3]
    assert told(plan, after, 19) == ["38个单位承办，已报送0个，办结0个。", "", "", "未启动38", "0/38", 0]
    assert (told(plan, before, 1)[0], told(plan, after, 1)[0]) == ("县商务局（待审核）：合并前的话", "")


def test_evidence_is_counted_on_reports_submitted_by_then(plan, admin):
    submit(duty(1, "县商务局"), evidence=2)
    submit(duty(1, "南旺镇人民政府"), evidence=1)
    with time_machine.travel(dt.datetime(2024, 10, 5, 2, tzinfo=dt.UTC)):
        submit(duty(1, "县商务局"), evidence=4)
        sheets = [sheet_of(plan, admin, as_of) for as_of in (AS_OF, dt.date(2024, 10, 5))]

    assert [told(plan, sheet, 1)[5] for sheet in sheets] == [3, 7]
    assert Evidence.objects.count() == 7


def test_a_row_that_nobody_owes_is_left_open(plan, admin):
    Assignment.objects.filter(task__number=1).update(released_on=dt.date(2024, 7, 1))

    assert told(plan, sheet_of(plan, admin), 1) == [""] * 6


# --- who sees what ----------------------------------------------------------------------------------------------------


@pytest.fixture
def reported(plan):
    submit(duty(1, "县商务局"), text="商务局的话", evidence=1)
    submit(duty(1, "南旺镇人民政府"), text="南旺镇的话", evidence=1)
    submit(duty(2, "县发展和改革局"), text="发改局的话", evidence=1)
    submit(duty(19, "县商务局"), text="各部门之一的话", evidence=1)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_who_reads_everything_gets_the_offices_ledger(plan, admin, reported, role):
    cells = [
        [cell.value for row in sheet_of(plan, user).iter_rows() for cell in row]
        for user in (admin, UserFactory(role=role))
    ]

    assert cells[0] == cells[1]


def test_a_lead_sees_its_rows_and_its_own_share_of_others(plan, reported):
    sheet = sheet_of(plan, liaison_of("县商务局"))
    of_others_who_lead = Q(role=DutyRole.LEAD) & ~Q(unit__name="县商务局")
    own_and_responsible = Assignment.objects.filter(task__number=1).exclude(of_others_who_lead)

    assert told(plan, sheet, 1)[0] == "县商务局（待审核）：商务局的话"
    assert told(plan, sheet, 1)[4:] == [f"0/{own_and_responsible.count()}", 2]
    assert told(plan, sheet, 2) == [""] * 6
    assert told(plan, sheet, 19) == ["县商务局（待审核）：各部门之一的话", "", "", "推进中1", "0/1", 1]


def test_a_township_sees_its_own_words_and_nobody_elses(plan, reported):
    sheet = sheet_of(plan, liaison_of("南旺镇人民政府"))

    assert told(plan, sheet, 1) == ["南旺镇人民政府（待审核）：南旺镇的话", "", "", "推进中1", "0/1", 1]
    assert told(plan, sheet, 2) == ["", "", "", "未启动1", "0/1", 0]
    everything = "".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert [word for word in ("商务局的话", "发改局的话", "各部门之一的话") if word in everything] == []


def test_a_units_ledger_says_what_it_counts(plan, admin):
    said = "只计本单位和本单位牵头任务的承办事项"

    assert said in sheet_of(plan, liaison_of("南旺镇人民政府"))["A2"].value
    assert said not in sheet_of(plan, admin)["A2"].value


def test_requirements_are_seen_by_everybody(plan, admin):
    town, office = sheet_of(plan, liaison_of("南旺镇人民政府")), sheet_of(plan, admin)

    for column in (SECTION, LEAD, RESPONSIBLE, REQUIREMENT, DEADLINE):
        assert [town.cell(row, column).value for row in range(4, 63)] == [
            office.cell(row, column).value for row in range(4, 63)
        ]


# --- safe, printable, quick -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_the_ledger_is_a_formula(plan, admin, text):
    Plan.objects.update(title=f"{text}表", document_number=f"{text}号")
    plan.refresh_from_db()
    plan.parts.update(heading=f"{text}部分")
    first = plan.tasks.get(number=1)
    first.section.heading = f"{text}任务"
    first.section.save()
    plan.tasks.filter(pk=first.pk).update(requirement=f"{text}要求", deadline_as_written=f"{text}前")
    first.designations.update(text=f"{text}局")
    Unit.objects.filter(name="县商务局").update(name=f"{text}商务局")
    said = {"text": "进展", "obstacles": "问题", "next_steps": "措施"}
    submit(duty(1, f"{text}商务局"), **said)

    sheet = sheet_of(plan, admin)

    cells = [cell for row in sheet.iter_rows() for cell in row]
    looking = [c for c in cells if str(c.value or "").startswith(text.replace("\r", "\n"))]
    assert [cell.coordinate for cell in cells if cell.data_type in "fe"] == []
    assert {cell.column for cell in looking} == set(range(SECTION, LIGHTS))
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in looking)


def test_the_sheet_is_set_up_for_printing(plan, admin):
    sheet = sheet_of(plan, admin)

    setup = sheet.page_setup
    assert (setup.orientation, int(setup.paperSize), setup.fitToWidth or 1, setup.fitToHeight) == ("landscape", 8, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_rows, sheet.print_area) == ("$3:$3", "'台账'!$A$1:$K$62")
    assert (sheet.oddFooter.center.text, sheet.freeze_panes) == ("第 &P 页，共 &N 页", "A4")


def test_every_cell_of_the_table_is_framed_and_wraps(plan, admin):
    sheet = sheet_of(plan, admin)

    rows = [line(plan, number) for number in range(1, 55)]
    inner = [sheet.cell(row, column) for row in rows for column in range(REQUIREMENT, 12)]
    assert {(cell.border.left.style, cell.border.bottom.style) for cell in inner} == {("thin", "thin")}
    assert {(cell.alignment.wrap_text, cell.font.name) for cell in inner} == {(True, "宋体")}


def test_a_row_is_high_enough_for_its_longest_cell(plan, admin):
    submit(duty(1, "县商务局"), text="已发布政策。" * 60)
    submit(duty(2, "县发展和改革局"), text="已发布。")

    sheet = sheet_of(plan, admin)

    high, low = (sheet.row_dimensions[line(plan, number)].height for number in (1, 2))
    assert high >= 13 * 14  # 367 characters, 29 a line
    assert low < high / 2


def test_a_row_stays_within_what_excel_takes(plan, admin):
    submit(duty(1, "县商务局"), text="已发布政策。" * 800)

    sheet = sheet_of(plan, admin)

    row = line(plan, 1)
    assert sheet.row_dimensions[row].height == MAX_ROW_POINTS
    assert sheet.cell(row, PROGRESS).font.size < sheet.cell(row, REQUIREMENT).font.size
    assert max(dimension.height for dimension in sheet.row_dimensions.values()) <= MAX_ROW_POINTS


def test_a_heading_over_one_low_row_gets_its_room(plan, admin):
    section = plan.tasks.get(number=1).section
    section.heading = "以公开助推" * 30
    section.save()

    sheet = sheet_of(plan, admin)

    heights = [sheet.row_dimensions[line(plan, number)].height for number in range(1, 6)]
    assert sum(heights) >= 150 / 10 * 14


def test_the_ledger_asks_the_database_as_often_however_big_the_plan(plan, admin):
    def scope(user):
        with CaptureQueriesContext(connection) as caught:
            ledger(Scope(user, plan, AS_OF)).close()
        return len(caught)

    people = [admin, liaison_of("县商务局")]
    submit(duty(1, "县商务局"), evidence=1)
    few = [scope(user) for user in people]
    for number in range(101, 121):
        task = TaskFactory(section=plan.tasks.get(number=1).section, number=number)
        for unit in Unit.objects.all()[:4]:
            DesignationFactory(task=task, unit=unit)
            submit(AssignmentFactory(task=task, unit=unit, coordinates=True), evidence=1)

    assert [scope(user) for user in people] == few
    assert few[0] <= 12


def test_a_plan_without_rows_gives_a_sheet_with_its_heading(admin):
    plan = Plan.objects.create(year=2025, title="2025年分解表", issued_on=AS_OF, state=PlanState.ISSUED)

    sheet = sheet_of(plan, admin)

    assert (sheet["A1"].value, sheet["A2"].value, sheet.max_row) == ("2025年分解表", "截至2024年09月30日", 3)
