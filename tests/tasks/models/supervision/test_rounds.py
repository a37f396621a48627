"""How rounds are read: which units have submitted, which were late, and whose duty no longer counts."""

import datetime as dt

import pytest
import time_machine

from departments.choices import Role
from tasks.choices import Event
from tasks.models import ReportingRound, RoundItem
from tasks.services.progress import reports, reviews, transitions
from tasks.services.supervision import rounds
from tests.factories import AssignmentFactory, TaskFactory, UnitFactory, UserFactory, claim, submit
from tests.tasks.rounds import CLOSES, OPENS, call, current
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(on_day(OPENS), tick=False) as clock:
        yield clock


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def task():
    return TaskFactory()


@pytest.fixture
def duty(task):
    return AssignmentFactory(task=task, unit=UnitFactory(name="甲镇"))


@pytest.fixture
def other(task):
    return AssignmentFactory(task=task, unit=UnitFactory(name="乙镇"))


@pytest.fixture
def one(clerk, task, duty, other):
    return call(task.plan, clerk)


def wanted(on=None):
    with evening(on):
        return {item.assignment for item in RoundItem.objects.counting(on).with_submission().wanted(on)}


# --- submission -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (dt.datetime(2024, 9, 30, 23, 59), "missing"),
        (dt.datetime(2024, 10, 1, 0, 0), "in_time"),
        (dt.datetime(2024, 10, 10, 23, 59), "in_time"),
        (dt.datetime(2024, 10, 11, 0, 0), "late"),
    ],
)
def test_both_days_count_in_shanghai(one, duty, clock, moment, expected):
    clock.move_to(moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=8))))
    submit(duty)

    assert current(one) == {"甲镇": expected, "乙镇": "missing"}


def test_the_first_report_counts_and_a_late_second_changes_nothing(one, duty, clock):
    submit(duty)
    clock.move_to(on_day(CLOSES + dt.timedelta(days=5)))
    submit(duty)

    item = RoundItem.objects.with_submission().get(round=one, assignment=duty)
    assert (item.reported_at, item.is_late, item.submission) == (on_day(OPENS), False, "in_time")


def test_a_draft_or_a_report_that_waits_for_the_units_leader_is_not_submitted(one, duty, other):
    liaison = UserFactory(unit=duty.unit)
    reports.save_draft(duty, by=liaison, version=0, text="草稿。")
    report = submit(other)
    type(report).objects.filter(pk=report.pk).update(state="awaiting_leader", submitted_at=None)

    assert current(one) == {"甲镇": "missing", "乙镇": "missing"}


def test_what_was_returned_was_submitted_and_what_was_withdrawn_was_not(one, duty, other, clerk):
    reviews.return_(submit(duty), by=clerk, comment="请补充。")
    report = submit(other)
    reports.withdraw(report, by=report.author)

    assert current(one) == {"甲镇": "in_time", "乙镇": "missing"}


def test_prolonging_takes_the_late_mark_away(one, duty, clerk, clock):
    clock.move_to(on_day(CLOSES + dt.timedelta(days=2)))
    submit(duty)
    assert current(one)["甲镇"] == "late"

    rounds.change(one, by=clerk, title="三季度进展", text="", closes_on=CLOSES + dt.timedelta(days=2))

    assert current(one)["甲镇"] == "in_time"


def test_what_is_submitted_after_the_office_closed_the_round_does_not_count(one, duty, other, clerk, clock):
    clock.move_to(on_day(CLOSES + dt.timedelta(days=2)))
    submit(duty)
    rounds.close(one, by=clerk)
    clock.shift(dt.timedelta(minutes=1))
    submit(other)

    assert current(one) == {"甲镇": "late", "乙镇": "missing"}


# --- counting ---------------------------------------------------------------------------------------------------------


def test_released_and_suspended_duties_leave_the_figures_and_one_taken_up_comes_back(one, duty, other, clerk):
    duty.released_on = OPENS
    duty.save()
    transitions.move(other, Event.SUSPENDED, by=clerk)
    assert current(one) == {}

    transitions.move(other, Event.RESUMED, by=clerk)

    assert current(one) == {"乙镇": "missing"}


def test_a_closed_round_stays_as_it_was_when_it_was_closed(one, duty, other, clerk, clock):
    claim(duty)
    rounds.close(one, by=clerk)
    clock.shift(dt.timedelta(days=30))
    type(duty).objects.filter(pk=duty.pk).update(released_on=dt.date(2024, 10, 31))
    transitions.move(other, Event.SUSPENDED, by=clerk)

    assert current(one) == {"甲镇": "in_time", "乙镇": "missing"}


def test_what_was_suspended_when_the_round_was_closed_stays_out(one, duty, other, clerk, clock):
    transitions.move(other, Event.SUSPENDED, by=clerk)
    rounds.close(one, by=clerk)
    clock.shift(dt.timedelta(days=1))
    transitions.move(other, Event.RESUMED, by=clerk)

    assert current(one) == {"甲镇": "missing"}


def test_a_claim_from_before_that_is_approved_meanwhile_owes_nothing(task, duty, other, clerk, clock):
    clock.move_to(on_day(dt.date(2024, 9, 20)))
    early = claim(duty)
    clock.move_to(on_day(OPENS))
    one = call(task.plan, clerk)
    assert current(one) == {"甲镇": "missing", "乙镇": "missing"}

    reviews.approve(early, by=clerk)

    assert current(one) == {"乙镇": "missing"}


def test_a_claim_of_the_rounds_own_days_counts_as_submitted_once_it_is_approved(one, duty, clerk):
    reviews.approve(claim(duty), by=clerk)

    assert current(one) == {"甲镇": "in_time", "乙镇": "missing"}


def test_figures_come_in_one_query(one, duty, other, clock, django_assert_num_queries):
    submit(duty)
    clock.move_to(on_day(CLOSES + dt.timedelta(days=1)))
    submit(other)

    with django_assert_num_queries(1):
        figures = one.items.counting().with_submission().submission_counts("round")

    assert figures == {(one.pk,): {"requested": 2, "submitted": 2, "in_time": 1, "late": 1, "missing": 0}}


# --- wanting ----------------------------------------------------------------------------------------------------------


def test_a_running_round_wants_what_was_not_submitted(one, duty, other):
    assert wanted() == {duty, other}

    submit(duty)

    assert wanted() == {other}


def test_a_round_wants_nothing_before_it_begins_nor_after_it_was_closed(one, clerk):
    assert wanted(OPENS - dt.timedelta(days=1)) == set()

    rounds.close(one, by=clerk)

    assert wanted() == set()


def test_a_claim_under_review_can_give_nothing(task, duty, other, clerk, clock):
    clock.move_to(on_day(dt.date(2024, 9, 20)))
    early = claim(duty)
    clock.move_to(on_day(OPENS))
    call(task.plan, clerk)
    assert wanted() == {other}

    reviews.return_(early, by=clerk, comment="请补充。")

    assert wanted() == {duty, other}


# --- seeing -----------------------------------------------------------------------------------------------------------


def seen(user):
    return set(ReportingRound.objects.visible_to(user))


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER, Role.AUDITOR])
def test_who_reads_everything_sees_every_round_with_all_that_it_asks(one, duty, other, role):
    user = UserFactory(role=role)

    assert seen(user) == {one}
    assert {item.assignment for item in RoundItem.objects.shown_to(user)} == {duty, other}


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER])
def test_people_of_a_unit_see_the_rounds_that_ask_it_and_their_own_duties_in_them(one, task, duty, other, clerk, role):
    user = UserFactory(role=role, unit=duty.unit)

    call(task.plan, clerk, units=[other.unit])

    assert seen(user) == {one}
    assert {item.assignment for item in RoundItem.objects.shown_to(user)} == {duty}
    assert seen(UserFactory(role=role)) == set()


def test_a_lead_sees_how_its_responsible_units_stand_but_is_shown_its_own(task, duty, clerk):
    lead_duty = AssignmentFactory(task=task, role="lead", coordinates=True)
    call(task.plan, clerk)
    lead = UserFactory(unit=lead_duty.unit)

    assert {item.assignment for item in RoundItem.objects.visible_to(lead)} == {duty, lead_duty}
    assert {item.assignment for item in RoundItem.objects.shown_to(lead)} == {lead_duty}


def test_running_rounds_have_begun_and_were_not_closed(one, task, clerk):
    later = call(task.plan, clerk, opens_on=OPENS + dt.timedelta(days=1))
    assert set(ReportingRound.objects.running()) == {one}
    assert set(ReportingRound.objects.running(OPENS + dt.timedelta(days=1))) == {one, later}

    rounds.close(one, by=clerk)

    assert set(ReportingRound.objects.running()) == set()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (OPENS - dt.timedelta(days=1), "未开始"),
        (OPENS, "进行中"),
        (CLOSES, "进行中"),
        (CLOSES + dt.timedelta(days=1), "已过截止日期"),
    ],
)
def test_a_round_says_where_it_stands(one, clock, day, expected):
    clock.move_to(on_day(day))

    assert one.phase == expected


def test_a_round_that_was_closed_says_so(one, clerk):
    assert rounds.close(one, by=clerk).phase == "已结束"
