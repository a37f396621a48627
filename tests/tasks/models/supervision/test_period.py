"""How far a unit is with each of its duties in the present period (本期)."""

import datetime as dt

import pytest
import time_machine

from departments.choices import Role
from tasks.choices import PeriodState
from tasks.models import Assignment, SupervisionRules
from tasks.models.supervision.period import ASKED_NOTHING, wanted_of, with_period
from tasks.services.progress import leader_approval, reports, reviews
from tasks.services.supervision import rounds
from tests.factories import (
    AssignmentFactory,
    PlanFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    claim,
    complete,
    submit,
)
from tests.tasks.rounds import CLOSES, OPENS, call
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(on_day(OPENS), tick=False) as clock:
        yield clock


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def duty():
    """A duty owed for long, on which nothing was reported."""
    task = TaskFactory(section__part__plan=PlanFactory(issued_on=dt.date(2024, 6, 1)))
    return AssignmentFactory(task=task, unit=UnitFactory(name="甲镇"), owed_from=dt.date(2024, 6, 1))


def state(duty):
    """Return `(period state, whether a report is due)` of a duty today."""
    found = with_period(Assignment.objects.filter(pk=duty.pk), [duty.plan]).get()
    return found.period_state, found.is_wanted


def test_a_round_asks_for_what_nobody_reported_since_it_opened(clock, office, duty):
    clock.move_to(on_day(OPENS - dt.timedelta(days=2)))
    submit(duty)
    clock.move_to(on_day(OPENS))
    assert state(duty) == (PeriodState.SUBMITTED, False)
    call(duty.plan, office)
    assert state(duty) == (PeriodState.EMPTY, True)
    submit(duty)
    assert state(duty) == (PeriodState.SUBMITTED, False)


def test_a_round_that_ended_still_asks_while_the_report_is_missing(clock, office, duty):
    call(duty.plan, office)
    clock.move_to(on_day(CLOSES + dt.timedelta(days=30)))
    assert state(duty) == (PeriodState.EMPTY, True)
    submit(duty)
    assert state(duty) == (PeriodState.SUBMITTED, False)


def test_a_round_that_the_office_closed_asks_no_more(clock, office, duty):
    clock.move_to(on_day(OPENS - dt.timedelta(days=2)))
    submit(duty)
    clock.move_to(on_day(OPENS))
    rounds.close(call(duty.plan, office), by=office)
    assert state(duty) == (PeriodState.SUBMITTED, False)


def test_without_a_round_a_report_is_due_after_the_days_of_the_rules(clock, duty):
    submit(duty)
    clock.move_to(on_day(OPENS + dt.timedelta(days=59)))
    assert state(duty) == (PeriodState.SUBMITTED, False)
    clock.move_to(on_day(OPENS + dt.timedelta(days=60)))
    assert state(duty) == (PeriodState.EMPTY, True)


def test_nothing_is_asked_of_a_duty_that_has_just_begun(duty):
    Assignment.objects.filter(pk=duty.pk).update(owed_from=OPENS)
    assert state(duty) == (ASKED_NOTHING, False)


def test_nothing_is_asked_without_a_round_where_the_rules_have_no_rhythm(duty):
    SupervisionRules.objects.create(plan=duty.plan, silent_after=0)
    assert state(duty) == (ASKED_NOTHING, False)


def test_a_draft_shows_as_one_until_it_is_submitted(office, duty):
    call(duty.plan, office)
    reports.save_draft(duty, by=UserFactory(unit=duty.unit), version=0, text="已发布3条。")
    assert state(duty) == (PeriodState.DRAFT, True)


def test_a_report_with_the_leader_is_still_due(office, duty):
    call(duty.plan, office)
    leader = asks_its_leader(duty.unit)
    report = submit(duty)
    assert state(duty) == (PeriodState.AWAITING_LEADER, True)
    leader_approval.send_back(report, by=leader, comment="请写明数量。")
    assert state(duty) == (PeriodState.RETURNED, True)


def test_a_return_by_the_office_is_due_also_without_a_round(office, duty):
    reviews.return_(submit(duty), by=office, comment="请补充材料。")
    assert state(duty) == (PeriodState.RETURNED, True)
    reports.start_answer(duty, by=UserFactory(unit=duty.unit))
    assert state(duty) == (PeriodState.RETURNED, True)
    submit(duty)
    assert state(duty) == (PeriodState.SUBMITTED, False)


def test_a_claim_under_review_takes_no_other_report(clock, office, duty):
    claim(duty)
    clock.move_to(on_day(OPENS + dt.timedelta(days=5)))
    call(duty.plan, office, opens_on=OPENS + dt.timedelta(days=5))
    assert state(duty) == (PeriodState.SUBMITTED, False)


def test_completed_in_the_period_counts_as_reported_and_before_it_as_nothing(clock, duty):
    complete(duty)
    assert state(duty) == (PeriodState.APPROVED, False)
    clock.move_to(on_day(OPENS + dt.timedelta(days=90)))
    assert state(duty) == (ASKED_NOTHING, False)


def test_the_unit_is_asked_for_its_own_duties_only(office, duty):
    other = AssignmentFactory(task=duty.task, unit=UnitFactory(name="乙镇"))
    call(duty.plan, office)
    assert list(wanted_of(duty.unit, [duty.plan])) == [duty]
    assert list(wanted_of(other.unit, [duty.plan])) == [other]
