"""Everything that happened to a duty, in order, up to an evening, and nothing that has not left its unit."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.choices import Role
from tasks.choices import AutomaticKind, DutyRole, ExtensionState, Opinion, ReportState
from tasks.models import Assignment, AutomaticReminder, LeadOpinion, timeline
from tasks.services.progress import entering, lead_opinions, reports, reviews
from tasks.services.supervision import acknowledgements, reminders, rounds
from tests.factories import (
    AssignmentFactory,
    ExtensionFactory,
    ReportFactory,
    UnitFactory,
    UserFactory,
    chase,
    goes_through_lead,
    submit,
)
from tests.tasks.rounds import call
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

FIRST = dt.date(2024, 9, 2)


@pytest.fixture
def clock():
    with time_machine.travel(on_day(FIRST), tick=False) as traveller:
        yield traveller


@pytest.fixture
def people():
    unit = UnitFactory(name="南旺镇人民政府", short_name="南旺镇")
    return {
        "liaison": UserFactory(unit=unit, name="李四"),
        "office": UserFactory(role=Role.OFFICE, name="张三"),
        "lead": UserFactory(unit=UnitFactory(name="县商务局"), name="王五"),
    }


@pytest.fixture
def duty(people):
    return AssignmentFactory(unit=people["liaison"].unit, due_on=dt.date(2024, 9, 30))


def everything_that_can_happen(clock, duty, people):
    """One thing a day from 2 September on."""
    office, liaison = people["office"], people["liaison"]

    def days():
        for n in range(20):
            clock.move_to(on_day(FIRST + dt.timedelta(days=n)))
            yield

    day = days()
    next(day)
    acknowledgements.acknowledge([duty], by=liaison, handler="赵六")
    next(day)
    auto_reminder(duty)
    next(day)
    reminder = chase(duty, by=office, grade="yellow", text="请抓紧。")
    next(day)
    reminders.see(reminder, by=liaison)
    next(day)
    report = submit(duty, by=liaison)
    next(day)
    wanting_more(report, people["lead"])
    next(day)
    reviews.return_(report, by=office, comment="请补充。")
    next(day)
    extension = ExtensionFactory(assignment=duty, requested_by=liaison, requested_at=now())
    next(day)
    refuse(extension, office, comment="时间充裕。", between="")


def now():
    return timezone.now()


def auto_reminder(duty):
    AutomaticReminder.objects.create(
        assignment=duty, kind=AutomaticKind.BEFORE, anchor=duty.due_on, stage=30, on=timezone.localdate(), at=now()
    )


def wanting_more(report, by):
    opinion = {"opinion": Opinion.WANTS_MORE, "text": "补充链接。"}
    LeadOpinion.objects.create(report=report, unit=by.unit, by=by, at=now(), **opinion)


def refuse(extension, by, **words):
    extension.state, extension.decided_by, extension.decided_at = ExtensionState.REFUSED, by, now()
    extension.comment, extension.between = words["comment"], words["between"]
    extension.save()


def of(duty, **limits):
    return timeline(Assignment.objects.filter(pk=duty.pk), **limits)


def test_everything_is_told_the_latest_first(clock, duty, people):
    everything_that_can_happen(clock, duty, people)

    told = [(timezone.localdate(entry.at).day, entry.title, entry.by, entry.words) for entry in of(duty)]

    assert told == [
        (10, "不同意延期", "县政府办公室 张三", "时间充裕。"),
        (9, "申请延期", "南旺镇 李四", "申请由2024-09-30延至2024-10-31。理由：上级文件印发较晚。"),
        (8, "退回", "县政府办公室 张三", "请补充。"),
        (7, "牵头意见：需补充", "县商务局 王五", "补充链接。"),
        (6, "报送进展", "南旺镇 李四", ""),
        (5, "已阅催办", "南旺镇 李四", ""),
        (4, "催办", "县政府办公室 张三", "请抓紧。"),
        (3, "自动提醒（临近时限）", "系统", "距完成时限2024-09-30还有27天。"),
        (2, "签收", "南旺镇 李四", "经办人：赵六"),
    ]


def test_a_change_of_status_is_told_as_one(clock, duty, people):
    everything_that_can_happen(clock, duty, people)

    assert [entry.move for entry in of(duty) if entry.move] == ["未启动 → 推进中"]


def test_names_keep_the_unit_that_was_acted_for_when_people_move(clock, duty, people):
    everything_that_can_happen(clock, duty, people)
    report = submit(duty, by=people["liaison"])
    reports.withdraw(report, by=people["liaison"])
    before = [(entry.title, entry.by) for entry in of(duty)]

    elsewhere = UnitFactory(name="县别处局")
    for person in people.values():
        person.role, person.unit = Role.LIAISON, elsewhere
        person.save()

    assert [(entry.title, entry.by) for entry in of(duty)] == before


def test_a_lead_that_returned_a_report_is_named_by_its_unit_after_the_person_moved(duty, people):
    lead = people["lead"]
    AssignmentFactory(task=duty.task, unit=lead.unit, role=DutyRole.LEAD, coordinates=True)
    goes_through_lead(duty.plan)
    report = submit(duty, by=people["liaison"])
    lead_opinions.give(report, by=lead, opinion=Opinion.WANTS_MORE, text="补充链接。")
    lead.unit = UnitFactory(name="县别处局")
    lead.save()

    told = {entry.title: entry.by for entry in of(duty)}

    assert told["退回"] == told["牵头意见：需补充"] == "县商务局 王五"


@pytest.mark.parametrize("until", range(1, 11))
def test_up_to_an_evening(clock, duty, people, until):
    everything_that_can_happen(clock, duty, people)
    until = dt.date(2024, 9, until)

    entries = of(duty, until=until)

    assert entries == [entry for entry in of(duty) if timezone.localdate(entry.at) <= until]
    assert len(entries) == until.day - 1


def test_midnight_belongs_to_the_next_day(clock, duty, people):
    clock.move_to(on_day(dt.date(2024, 9, 4), hour=0, minute=0))
    chase(duty, by=people["office"])

    assert [len(of(duty, until=dt.date(2024, 9, day))) for day in (3, 4)] == [0, 1]


def test_steps_of_one_moment_stay_in_their_order(clock, duty, people):
    report = submit(duty, by=people["liaison"])
    reports.withdraw(report, by=people["liaison"])
    submit(duty, by=people["liaison"])

    assert [entry.title for entry in of(duty)] == ["报送进展", "撤回", "报送进展"]


@pytest.mark.parametrize("state", [ReportState.DRAFT, ReportState.AWAITING_LEADER])
def test_of_a_report_that_has_not_left_its_unit_no_opinion_is_told(duty, people, state):
    fields = {"attested_by": people["liaison"], "attested_at": now(), "attested_name": "审查人"}
    report = ReportFactory(assignment=duty, state=state, **fields)
    wanting_more(report, people["lead"])

    assert of(duty) == []


def test_a_draft_is_no_line(duty, people):
    reports.save_draft(duty, by=people["liaison"], version=0, text="尚未报送的草稿。")

    assert of(duty) == []


@pytest.mark.parametrize(
    ("comment", "between", "words"),
    [
        ("时间充裕。", "10月1日至10月3日亮逾期灯", "时间充裕。10月1日至10月3日亮逾期灯。"),
        ("时间充裕", "", "时间充裕。"),
        ("", "", ""),
    ],
)
def test_a_refusal_says_why_and_what_the_light_was_in_between(duty, people, comment, between, words):
    refuse(ExtensionFactory(assignment=duty), people["office"], comment=comment, between=between)

    assert of(duty)[0].words == words


def test_other_duties_are_not_told_of(clock, duty, people):
    everything_that_can_happen(clock, duty, people)
    other = AssignmentFactory(task=duty.task)

    assert of(other) == []
    assert {entry.duty for entry in timeline(Assignment.objects.all())} == {duty}


def test_a_limit_takes_the_latest(clock, duty, people):
    everything_that_can_happen(clock, duty, people)

    assert of(duty, limit=4) == of(duty)[:4]


def test_a_reminder_seen_late_is_among_the_latest(clock, duty, people):
    old = chase(duty, by=people["office"])
    for n in range(1, 4):
        clock.move_to(on_day(FIRST + dt.timedelta(days=n)))
        chase(duty, by=people["office"])
    clock.move_to(on_day(FIRST + dt.timedelta(days=9)))
    reminders.see(old, by=people["liaison"])

    assert [entry.title for entry in of(duty, limit=2)] == ["已阅提醒", "提醒"]


def test_queries_stay_the_same_however_much_happened(clock, duty, people):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            entries = timeline(Assignment.objects.filter(task=duty.task))
            words = [f"{entry.by}{entry.duty.unit}{entry.words}" for entry in entries]
        return len(captured), len(words)

    everything_that_can_happen(clock, duty, people)
    few, lines = queries()
    for _ in range(10):
        liaison = UserFactory()
        another = AssignmentFactory(task=duty.task, unit=liaison.unit, due_on=duty.due_on)
        everything_that_can_happen(clock, another, {**people, "liaison": liaison})

    assert queries() == (few, lines * 11)


def test_the_closing_of_a_round_and_its_undoing_are_told(clock, duty):
    office = UserFactory(role="office")
    one = call(duty.plan, office, opens_on=timezone.localdate(), closes_on=timezone.localdate() + dt.timedelta(days=9))
    rounds.close(one, by=office)
    clock.shift(60)
    rounds.reopen(one, by=office, reason="结束早了。")

    told = [(entry.title, entry.words) for entry in timeline(Assignment.objects.filter(pk=duty.pk))]

    assert told[:2] == [("撤回结束报送批次“三季度进展”", "结束早了。"), ("结束报送批次“三季度进展”", "")]


def test_what_a_unit_said_of_an_entered_report_stays_on_the_evenings_on_which_it_was_a_draft_again(clock, duty, people):
    office, liaison = people["office"], people["liaison"]
    entered = entering.enter_and_tell(duty, by=office, text="电话报来的进展。", attested=True, attested_name="保密员")
    objected_on = FIRST + dt.timedelta(days=1)
    clock.move_to(on_day(objected_on))
    entering.object_to(entered, by=liaison, reason="应为5条。")

    clock.move_to(on_day(FIRST + dt.timedelta(days=9)))
    submit(duty, by=liaison)
    with evening(objected_on):
        entries = timeline(Assignment.objects.filter(pk=duty.pk), until=objected_on)

    told = [(entry.title, entry.by, entry.words) for entry in entries]
    assert ("对代填的报告提出异议", "南旺镇 李四", "应为5条。") in told
