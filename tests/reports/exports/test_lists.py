"""The lists as files: the same figures as the querysets they were made from."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from departments.choices import Role
from reports.exports.lists import lists
from tasks.choices import DutyRole, Light, Status
from tasks.models import Assignment, ProgressReport, Task
from tasks.scope import Scope
from tasks.services.progress import reviews
from tests.audit.trails import unguarded
from tests.factories import (
    AssignmentFactory,
    CollectiveFactory,
    DesignationFactory,
    EvidenceFactory,
    PartFactory,
    PlanFactory,
    ReportFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    add_by_supplement,
    claim,
    complete,
    submit,
)
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]
END = dt.date(2024, 9, 30)
NOW = dt.datetime(2024, 9, 30, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def autumn():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan():
    return PlanFactory()


@pytest.fixture
def section(plan):
    return SectionFactory(part=PartFactory(plan=plan, heading="一、第一部分"), heading="（一）政策公开")


def scope(plan, as_of=END, note=""):
    return Scope(None, plan, as_of, note=note)


def sheet_of(file):
    return load_workbook(file).active


def header_row(sheet, first):
    return next(row for row in range(1, 9) if sheet.cell(row, 1).value == first)


def rows_of(sheet, first="序号"):
    """The rows below the header, as dicts by heading."""
    start = header_row(sheet, first)
    headings = [cell.value for cell in sheet[start]]
    lines = sheet.iter_rows(min_row=start + 1, values_only=True)
    return [dict(zip(headings, line, strict=True)) for line in lines]


def duties(as_of=END):
    return Assignment.objects.with_light(as_of).for_lists().order_by("task__number", "unit")


def duty_rows(plan, as_of=END):
    with evening(as_of):
        return rows_of(sheet_of(lists.assignments(duties(as_of), scope(plan, as_of))))


def queries(made):
    with CaptureQueriesContext(connection) as caught:
        made().close()
    return len(caught)


def test_a_duty_is_told_in_full(plan, section):
    task = TaskFactory(section=section, number=7, due_on=dt.date(2024, 10, 5), requirement="做好政策发布。")
    duty = AssignmentFactory(task=task, unit=UnitFactory(name="县商务局"), role=DutyRole.LEAD)
    submit(duty, text="已发布3条。", evidence=2)

    assert duty_rows(plan) == [
        {
            "序号": 7,
            "部分": "一、第一部分",
            "工作任务": "（一）政策公开",
            "具体要求": "做好政策发布。",
            "承办单位": "县商务局",
            "职责": "牵头",
            "完成时限（原文）": "12月底前",
            "完成时限（日期）": dt.datetime(2024, 10, 5),
            "补充通知": None,
            "亮灯": "临期",
            "办理状态": "推进中",
            "剩余天数": 5,
            "逾期天数": None,
            "最近进展": "已发布3条。",
            "佐证数": 2,
        }
    ]


def test_a_duty_of_a_supplement_carries_its_number_and_day(plan, section):
    duty = AssignmentFactory(task=TaskFactory(section=section, number=7))
    add_by_supplement(duty.task)

    rows = {row["序号"]: row["补充通知"] for row in duty_rows(plan)}
    assert rows == {7: "据汶政办字〔2024〕12号（2024-09-20）补充"}


def test_every_duty_of_the_queryset_stands_once_in_its_order(plan, section):
    for day in (1, 30, 31):
        task = TaskFactory(section=section, due_on=dt.date(2024, 8, day))
        for _ in range(3):
            AssignmentFactory(task=task)
    complete(Assignment.objects.first())
    rows = duties().order_by("-light_rank", "-pk")

    found = rows_of(sheet_of(lists.assignments(rows, scope(plan))))

    assert [(row["承办单位"], row["亮灯"][:2], row["办理状态"]) for row in found] == [
        (duty.unit.name, Light(duty.light).label[:2], Status(duty.status).label) for duty in rows
    ]


def test_a_late_claim_is_marked_before_and_after_its_approval(plan, section):
    task = TaskFactory(section=section, due_on=dt.date(2024, 8, 1))
    claim(AssignmentFactory(task=task))
    complete(AssignmentFactory(task=task))

    assert {row["亮灯"] for row in duty_rows(plan)} == {"逾期（待审核）", "办结（逾期办结）"}


def test_days_are_told_by_light(plan, section):
    late, soon, waiting, done, long_term = (
        AssignmentFactory(task=TaskFactory(section=section, number=number, due_on=due_on))
        for number, due_on in enumerate([dt.date(2024, 9, 20), END, dt.date(2024, 9, 20), END, None], start=1)
    )
    with time_machine.travel(dt.datetime(2024, 9, 10, 2, tzinfo=dt.UTC)):
        claim(waiting)
        complete(done)

    assert [(row["亮灯"], row["剩余天数"], row["逾期天数"]) for row in duty_rows(plan)] == [
        ("逾期", None, 10),
        ("临期", 0, None),
        ("待审核", None, None),
        ("办结", None, None),
        ("未启动", None, None),
    ]


def test_the_latest_words_are_those_submitted_by_that_evening(plan, section):
    duty = AssignmentFactory(task=TaskFactory(section=section))
    with time_machine.travel(dt.datetime(2024, 9, 10, 2, tzinfo=dt.UTC)):
        submit(duty, text="九月进展", evidence=1)
    with time_machine.travel(dt.datetime(2024, 9, 20, 15, 59, tzinfo=dt.UTC)):  # 23:59 in Shanghai
        submit(duty, text="当晚进展", evidence=1)
    with time_machine.travel(dt.datetime(2024, 9, 20, 16, 0, tzinfo=dt.UTC)):  # the next day there
        submit(duty, text="次日进展", evidence=1)

    (row,) = duty_rows(plan, as_of=dt.date(2024, 9, 20))
    assert (row["最近进展"], row["佐证数"]) == ("当晚进展", 2)


def test_a_draft_is_nobodys_words_yet(plan, section):
    duty = AssignmentFactory(task=TaskFactory(section=section))
    EvidenceFactory(report=ReportFactory(assignment=duty, text="草稿中"))

    (row,) = duty_rows(plan)

    assert (row["最近进展"], row["佐证数"]) == (None, 0)


def test_the_lines_under_the_title_say_day_filter_and_demonstration():
    plan = PlanFactory(title="2024年分解表", has_demo_activity=True)

    sheet = sheet_of(lists.assignments(duties(), scope(plan, note="亮灯：逾期"), title="逾期事项"))

    assert [cell.value for cell in sheet["A"]][:4] == [
        "逾期事项",
        "2024年分解表　截至2024-09-30",
        "筛选条件：亮灯：逾期",
        "含演示数据，不反映任何单位的真实工作情况。",
    ]
    assert sheet.freeze_panes == "A6"


def test_a_list_of_real_work_says_nothing_of_a_demonstration(plan):
    sheet = sheet_of(lists.assignments(duties(), scope(plan)))

    assert [cell.value for cell in sheet["A"]] == ["承办事项", f"{plan.title}　截至2024-09-30", "序号"]


def test_the_queue_is_todays_and_of_all_years(plan, section):
    earlier = PlanFactory(year=2023, title="2023年测试分解表", document_number="测政办字〔2023〕1号")
    old_task = TaskFactory(section=SectionFactory(part=PartFactory(plan=earlier)), number=3, due_on=None)
    reporter = UserFactory(name="张三")
    claim(AssignmentFactory(task=old_task, unit=reporter.unit), by=reporter, text="去年的事")
    submit(AssignmentFactory(task=TaskFactory(section=section, number=4)), text="今年的事", obstacles="人手不足")

    queue = ProgressReport.objects.waiting().for_lists().order_by("pk")
    sheet = sheet_of(lists.reports(queue, scope(plan, as_of=dt.date(2024, 7, 1), note="类型：全部")))

    rows = rows_of(sheet, first="报送时间")
    told = ["年度", "序号", "类型", "进展情况", "存在问题", "保密审查人", "佐证数"]
    assert [[row[name] for name in told] for row in rows] == [
        [2023, 3, "申报办结", "去年的事", None, "保密员甲", 1],
        [2024, 4, "一般进展", "今年的事", "人手不足", "保密员甲", 0],
    ]
    assert (rows[0]["填报人"], rows[0]["填报单位"]) == ("张三", reporter.unit.name)
    assert rows[0]["报送时间"] == dt.datetime(2024, 9, 30, 10, 0)
    assert [sheet.cell(row, 1).value for row in (2, 3)] == ["截至2024-09-30", "筛选条件：类型：全部"]


def test_a_task_has_its_cells_as_written_and_its_lights(plan, section):
    task = TaskFactory(section=section, number=1, due_on=dt.date(2024, 9, 1))
    unit = UnitFactory(name="县商务局")
    DesignationFactory(task=task, role=DutyRole.LEAD, unit=unit, order=1)
    DesignationFactory(task=task, unit=None, collective=CollectiveFactory(name="县政府有关部门、单位"), order=1)
    DesignationFactory(task=task, unit=None, collective=CollectiveFactory(name="各乡镇", kinds=["town"]), order=2)
    AssignmentFactory(task=task, unit=unit)
    complete(AssignmentFactory(task=task))
    TaskFactory(section=section, number=2)
    rows = Task.objects.filter(plan=plan).with_designations().order_by("number")

    first, second = rows_of(sheet_of(lists.tasks(rows, scope(plan), duties())))

    assert (first["牵头部门"], first["责任单位"]) == ("县商务局", "县政府有关部门、单位（待明确）\n各乡镇")
    assert [first[name] for name in ("应办单位", *Light.labels)] == [2, 1, 0, 0, 0, 0, 1]
    assert [second[name] for name in ("应办单位", *Light.labels)] == [0] * 7


def test_a_unit_has_its_figures_as_numbers(plan):
    row = {"unit__name": "县商务局", "kind": "政府部门", "owed": 8, "completion_rate": 37.5}
    row |= {light.value: number for number, light in enumerate(Light)}

    sheet = sheet_of(lists.units([row], scope(plan)))

    assert [cell.value for cell in sheet[4]] == ["县商务局", "政府部门", 8, 0.375, 0, 1, 2, 3, 4, 5]
    assert sheet["D4"].number_format == "0.0%"


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_any_list_is_a_formula(text):
    plan = PlanFactory(title=f"{text}表")
    section = SectionFactory(part=PartFactory(plan=plan, heading=f"{text}部分"), heading=f"{text}任务")
    task = TaskFactory(section=section, requirement=f"{text}要求", deadline_as_written=f"{text}前")
    unit = UnitFactory(name=f"{text}局")
    DesignationFactory(task=task, unit=unit, text=f"{text}局")
    by = UserFactory(name=f"{text}人", unit=unit)
    said = {"text": f"{text}进展", "obstacles": f"{text}问题", "next_steps": f"{text}措施"}
    submit(AssignmentFactory(task=task, unit=unit), by=by, **said)
    with unguarded(ProgressReport):
        ProgressReport.objects.update(attested_name=f"{text}审")
    figures = {
        "unit__name": unit.name,
        "kind": f"{text}类",
        "owed": 1,
        "completion_rate": 0.0,
        **dict.fromkeys(Light, 0),
    }
    wanted = scope(plan, note=f"{text}筛选")

    files = [
        lists.assignments(duties(), wanted, title=f"{text}事项"),
        lists.reports(ProgressReport.objects.waiting().for_lists(), wanted),
        lists.tasks(Task.objects.with_designations(), wanted, duties()),
        lists.units([figures], wanted),
    ]

    shown = text.replace("\r", "\n")
    for file, count in zip(files, (9, 9, 8, 4), strict=True):
        cells = [cell for row in sheet_of(file).iter_rows() for cell in row]
        looking = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(shown)]
        assert [cell.data_type for cell in cells if cell.data_type in "fe"] == []
        assert len(looking) >= count - 2
        assert all(cell.data_type == "s" and cell.quotePrefix for cell in looking)


def _grow(section, tasks):
    for _ in range(tasks):
        task = TaskFactory(section=section)
        DesignationFactory(task=task, unit=UnitFactory(), role=DutyRole.LEAD)
        DesignationFactory(task=task, unit=None, collective=CollectiveFactory())
        for _ in range(2):
            submit(AssignmentFactory(task=task), evidence=1)


def test_a_list_asks_the_database_as_often_however_long_it_is(plan, section):
    def all_lists():
        yield lambda: lists.assignments(duties(), scope(plan))
        yield lambda: lists.reports(ProgressReport.objects.waiting().for_lists(), scope(plan))
        yield lambda: lists.tasks(Task.objects.with_designations().order_by("number"), scope(plan), duties())

    _grow(section, 2)
    few = [queries(made) for made in all_lists()]
    _grow(section, 8)
    many = [queries(made) for made in all_lists()]

    assert many == few
    assert few[:2] == [4, 3]  # duties with their supplements, reports with what the office entered


def test_rows_are_fetched_as_they_are_written(plan, section, monkeypatch):
    for _ in range(3):
        AssignmentFactory(task=TaskFactory(section=section))
    seen = []
    monkeypatch.setattr(lists, "BATCH_ROWS", 1)
    monkeypatch.setattr(lists, "_duty_row", lambda duty: seen.append(duty) or [duty.pk])
    monkeypatch.setattr(lists, "stream_table", lambda title, notes, columns, rows: (next(rows), len(seen)))

    assert lists.assignments(duties(), scope(plan))[1] == 1


def test_a_liaisons_file_holds_no_more_than_its_queryset(plan, section):
    duty = AssignmentFactory(task=TaskFactory(section=section))
    AssignmentFactory(task=duty.task)
    liaison = UserFactory(role=Role.LIAISON, unit=duty.unit)
    mine = Assignment.objects.shown_to(liaison, plan, END).for_lists()

    rows = rows_of(sheet_of(lists.assignments(mine, scope(plan))))

    assert [row["承办单位"] for row in rows] == [duty.unit.name]


def test_a_returned_report_is_marked(plan, section):
    duty = AssignmentFactory(task=TaskFactory(section=section))
    reviews.return_(submit(duty), by=UserFactory(role=Role.OFFICE), comment="请补充链接。")

    assert [row["亮灯"] for row in duty_rows(plan)] == ["临期（退回待补正）"]
