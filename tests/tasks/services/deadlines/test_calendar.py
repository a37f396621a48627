"""The calendar of what is owed, read again as a calendar program reads it."""

import datetime as dt

import icalendar
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.choices import Role
from tasks.choices import DutyRole, PlanState
from tasks.models import ReportingRound, RoundItem
from tasks.services.deadlines import calendar
from tasks.services.supervision import rounds
from tests.factories import (
    AssignmentFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    complete,
    submit,
)
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 11, 20)
LONG = "围绕“深化大开放、拓展大招商”做好信息发布工作，重点宣传推送扩大有效投资、促进招商引资等政策；分号,逗号\\反斜线。"


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(on_day(TODAY), tick=False):
        yield


@pytest.fixture
def liaison():
    return UserFactory(unit=UnitFactory(name="县商务局"))


def row(number=1, *, year=2024, due_on=dt.date(2024, 12, 31), requirement="做好政策发布。", **plan):
    plan = PlanFactory(year=year, **plan)
    section = SectionFactory(part=PartFactory(plan=plan))
    return TaskFactory(section=section, number=number, due_on=due_on, requirement=requirement)


def read(user):
    return icalendar.Calendar.from_ical(calendar.feed(user))


def summaries(user):
    return [str(event["summary"]) for event in read(user).walk("VEVENT")]


def call_round(plan, *duties, title="三季度进展", opens_on=dt.date(2024, 11, 1), closes_on=dt.date(2024, 11, 30)):
    called = ReportingRound.objects.create(plan=plan, title=title, opens_on=opens_on, closes_on=closes_on)
    for duty in duties:
        RoundItem.objects.create(round=called, assignment=duty)
    return called


def test_a_duty_is_a_whole_day(liaison, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    duty = AssignmentFactory(task=row(3, requirement=LONG), unit=liaison.unit)

    (event,) = read(liaison).walk("VEVENT")

    assert event["uid"] == f"duty-{duty.pk}@duban.example.gov.cn"
    assert event["summary"] == f"第3项 {LONG[:30]}…（完成时限）"
    assert (event["dtstart"].dt, event["dtend"].dt) == (dt.date(2024, 12, 31), dt.date(2025, 1, 1))
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert event["description"] == f"{LONG}\n职责：责任\n办理状态：未启动\n依据：《2024年测试分解表》第3项"
    assert event["url"] == f"https://duban.example.gov.cn/assignments/{duty.pk}/"
    assert event["transp"] == "TRANSPARENT"
    assert event["dtstamp"].dt == on_day(TODAY)
    assert event["last-modified"].dt == on_day(dt.date(2024, 6, 24), 0)


def test_the_calendar_says_what_it_is(liaison):
    whole = read(liaison)

    assert whole["prodid"] == "-//Open Government//政务公开任务督办//ZH"
    assert (whole["version"], whole["method"]) == ("2.0", "PUBLISH")
    assert whole["x-wr-calname"] == "政务公开任务督办（县商务局）"
    (zone,) = whole.walk("VTIMEZONE")
    assert zone["tzid"] == "Asia/Shanghai"
    assert zone.standard[0]["tzoffsetto"].td == dt.timedelta(hours=8)


def test_lines_are_folded_at_75_octets_between_characters(liaison):
    AssignmentFactory(task=row(requirement=LONG * 5), unit=liaison.unit)

    lines = calendar.feed(liaison).split(b"\r\n")

    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    (event,) = read(liaison).walk("VEVENT")
    assert LONG * 5 in event["description"]


def test_text_cannot_add_to_the_calendar(liaison):
    AssignmentFactory(
        task=row(requirement="甲\r\nEND:VEVENT\r\nBEGIN:VALARM\x07\u202e乙"),
        unit=liaison.unit,
    )

    whole = read(liaison)

    assert [part.name for part in whole.walk()] == ["VCALENDAR", "VTIMEZONE", "STANDARD", "VEVENT"]
    assert whole.walk("VEVENT")[0]["summary"] == "第1项 甲 END:VEVENT BEGIN:VALARM乙（完成时限）"


def test_without_an_address_of_ours_there_is_no_link(liaison):
    duty = AssignmentFactory(task=row(), unit=liaison.unit)

    (event,) = read(liaison).walk("VEVENT")

    assert "url" not in event
    assert event["uid"] == f"duty-{duty.pk}@wenshang"


def test_the_mark_stays_when_the_deadline_moves(liaison):
    duty = AssignmentFactory(task=row(), unit=liaison.unit)
    (before,) = read(liaison).walk("VEVENT")
    duty.due_on = dt.date(2025, 1, 31)
    duty.save()

    (after,) = read(liaison).walk("VEVENT")

    assert before["uid"] == after["uid"]
    assert after["dtstart"].dt == dt.date(2025, 1, 31)


def test_the_last_step_is_when_it_changed(liaison):
    duty = AssignmentFactory(task=row(), unit=liaison.unit)
    with time_machine.travel(on_day(dt.date(2024, 11, 5)), tick=False):
        submit(duty)

    (event,) = read(liaison).walk("VEVENT")

    assert event["last-modified"].dt == on_day(dt.date(2024, 11, 5))


def test_only_what_is_open_owed_and_has_a_day_is_there(liaison):
    unit = liaison.unit
    AssignmentFactory(task=row(1), unit=unit)
    AssignmentFactory(task=row(2), unit=unit, released_on=TODAY)
    AssignmentFactory(task=row(3), unit=unit, suspended=True)
    AssignmentFactory(task=row(4, due_on=None), unit=unit)
    AssignmentFactory(task=row(5, state=PlanState.DRAFT), unit=unit)
    complete(AssignmentFactory(task=row(6), unit=unit))

    assert summaries(liaison) == ["第1项 做好政策发布。（完成时限）"]


def test_what_is_long_over_is_gone_but_not_this_years(liaison):
    old = {"issued_on": dt.date(2023, 3, 1), "year": 2023}
    AssignmentFactory(task=row(1, due_on=TODAY - dt.timedelta(days=90), **old), unit=liaison.unit)
    AssignmentFactory(task=row(2, due_on=TODAY - dt.timedelta(days=91), **old), unit=liaison.unit)
    AssignmentFactory(task=row(3, due_on=dt.date(2024, 7, 1)), unit=liaison.unit)
    AssignmentFactory(task=row(4, due_on=dt.date(2025, 1, 31), **old), unit=liaison.unit)

    assert [words[:3] for words in summaries(liaison)] == ["第3项", "第1项", "第4项"]


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER])
def test_another_units_duty_is_never_there(role):
    user = UserFactory(role=role)
    AssignmentFactory(task=row(1, requirement="别的单位的任务。"))
    same_row = row(2, requirement="同一项任务。")
    AssignmentFactory(task=same_row)
    AssignmentFactory(task=same_row, unit=user.unit)
    call_round(same_row.plan, same_row.assignments.exclude(unit=user.unit).get(), title="别的单位的批次")

    assert summaries(user) == ["第2项 同一项任务。（完成时限）"]


def test_a_round_that_wants_something_is_one_day(liaison):
    task, other = row(1), row(2)
    first = AssignmentFactory(task=task, unit=liaison.unit)
    second = AssignmentFactory(task=other, unit=liaison.unit)
    called = call_round(task.plan, first, second, AssignmentFactory(task=task))
    call_round(task.plan, first, title="尚未开始", opens_on=dt.date(2024, 11, 21))
    done = call_round(task.plan, first, title="已结束")
    ReportingRound.objects.filter(pk=done.pk).update(closed_at=on_day(TODAY, 8))

    events = [event for event in read(liaison).walk("VEVENT") if event["uid"].startswith("round")]
    submit(first)
    submit(second)
    after = [event for event in read(liaison).walk("VEVENT") if event["uid"].startswith("round")]

    assert [(e["uid"], e["summary"], e["dtstart"].dt) for e in events] == [
        (f"round-{called.pk}@wenshang", "报送：三季度进展（2件未报送）", dt.date(2024, 11, 30))
    ]
    assert after == []


def test_who_leads_sees_the_rows_whose_units_are_not_done(liaison):
    led = row(7)
    AssignmentFactory(task=led, unit=liaison.unit, role=DutyRole.LEAD, coordinates=True)
    AssignmentFactory.create_batch(2, task=led)
    complete(AssignmentFactory(task=led))
    done = row(8)
    AssignmentFactory(task=done, unit=liaison.unit, role=DutyRole.LEAD, coordinates=True)
    complete(AssignmentFactory(task=done))
    named_in_a_collective = row(9)
    AssignmentFactory(task=named_in_a_collective, unit=liaison.unit, role=DutyRole.LEAD)
    AssignmentFactory(task=named_in_a_collective)

    assert summaries(liaison) == [
        "第7项 做好政策发布。（完成时限）",
        "第8项 做好政策发布。（完成时限）",
        "第9项 做好政策发布。（完成时限）",
        "第7项 做好政策发布。（2个单位未办结）",
    ]


def test_a_leader_sees_the_own_units_duties_only():
    leader = UserFactory(role=Role.LEADER)
    led = row(7)
    AssignmentFactory(task=led, unit=leader.unit, role=DutyRole.LEAD, coordinates=True)
    AssignmentFactory(task=led)

    assert summaries(leader) == ["第7项 做好政策发布。（完成时限）"]


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER, Role.AUDITOR])
def test_the_office_sees_each_row_with_the_number_of_open_units(role, settings):
    settings.SITE_URL = "https://duban.example.gov.cn"
    first, second = row(1, due_on=dt.date(2024, 12, 31)), row(2, due_on=dt.date(2024, 11, 30))
    AssignmentFactory.create_batch(3, task=first)
    late = AssignmentFactory(task=first, due_on=dt.date(2025, 1, 31))
    complete(AssignmentFactory(task=first))
    AssignmentFactory(task=second)
    AssignmentFactory(task=row(3, state=PlanState.DRAFT))

    events = read(UserFactory(role=role)).walk("VEVENT")

    assert [(e["summary"], e["dtstart"].dt) for e in events] == [
        ("第2项 做好政策发布。（1个单位未办结）", dt.date(2024, 11, 30)),
        ("第1项 做好政策发布。（4个单位未办结）", dt.date(2024, 12, 31)),
    ]
    assert events[1]["uid"] == f"row-{first.pk}@duban.example.gov.cn"
    assert events[1]["url"] == f"https://duban.example.gov.cn/tasks/{first.pk}/"
    assert f"最晚时限：{late.due_on}" in events[1]["description"]


@pytest.mark.parametrize("role", [Role.LIAISON, Role.OFFICE])
def test_the_queries_do_not_grow_with_the_duties(role):
    user = UserFactory(role=role)
    unit = user.unit or UnitFactory()

    def grow(number):
        for _ in range(number):
            task = row()
            own = AssignmentFactory(task=task, unit=unit, role=DutyRole.LEAD, coordinates=True)
            call_round(task.plan, own, AssignmentFactory(task=task))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            calendar.feed(user)
        return len(captured)

    grow(2)
    few = queries()
    grow(20)

    assert queries() == few


def test_a_round_is_newer_after_each_change(liaison):
    duties = [AssignmentFactory(task=row(number, due_on=None), unit=liaison.unit) for number in (1, 2)]
    called = call_round(duties[0].plan, *duties)
    office, seen = UserFactory(role=Role.OFFICE), []

    def look():
        (event,) = (event for event in read(liaison).walk("VEVENT") if event["uid"].startswith("round-"))
        seen.append((event["sequence"], event["last-modified"].dt))

    look()
    with time_machine.travel(on_day(dt.date(2024, 11, 21)), tick=False):
        rounds.change(called, by=office, title=called.title, text="", closes_on=dt.date(2024, 12, 10))
        look()
    with time_machine.travel(on_day(dt.date(2024, 11, 22)), tick=False):
        submit(duties[0])
        look()

    assert [moment for _, moment in seen] == [on_day(dt.date(2024, 11, day)) for day in (20, 21, 22)]
    assert seen[0][0] < seen[1][0] < seen[2][0]
