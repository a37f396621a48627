"""Recurring deadlines make rounds by themselves: each day once, in time, also after an outage."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.choices import Role
from tasks.choices import Event
from tasks.models import Notification, ReportingRound
from tasks.services.progress import transitions
from tasks.services.supervision import rounds
from tests.factories import (
    AssignmentFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UserFactory,
    complete,
    submit,
)
from tests.tasks.rounds import current, duties_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


def plan_of(year=2024, issued_on=None, **fields):
    return PlanFactory(year=year, issued_on=issued_on or dt.date(year - 1, 12, 1), **fields)


def recurring(recurrence, day=None, plan=None):
    """One duty on a recurring row."""
    section = SectionFactory(part=PartFactory(plan=plan or plan_of()))
    task = TaskFactory(
        section=section, recurrence=recurrence, recurrence_day=day, due_on=None, deadline_as_written="每期"
    )
    return AssignmentFactory(task=task)


def days_of(made):
    return [(one.opens_on, one.closes_on) for one in made]


def open_on(day):
    with time_machine.travel(on_day(day), tick=False):
        return rounds.open_recurring(day)


def every_day(first, last):
    """Run the automatic reminders from one day to another; return `[(day of making, opens, closes)]`."""
    made, day = [], first
    while day <= last:
        made += [(day, one.opens_on, one.closes_on) for one in open_on(day)]
        day += dt.timedelta(days=1)
    return made


D = dt.date


@pytest.mark.parametrize(
    ("recurrence", "day", "first", "last", "expected"),
    [
        ("quarterly", None, D(2024, 9, 1), D(2024, 10, 31), [(D(2024, 9, 16), D(2024, 9, 30))]),
        ("half_yearly", None, D(2024, 5, 1), D(2024, 7, 31), [(D(2024, 6, 16), D(2024, 6, 30))]),
        (
            "monthly",
            5,
            D(2024, 10, 1),
            D(2024, 11, 30),
            [(D(2024, 10, 22), D(2024, 11, 5)), (D(2024, 11, 21), D(2024, 12, 5))],
        ),
        (
            "weekly",
            None,
            D(2024, 10, 7),
            D(2024, 10, 20),
            [(D(2024, 10, 7), D(2024, 10, 13)), (D(2024, 10, 14), D(2024, 10, 20))],
        ),
    ],
)
def test_each_round_opens_on_its_day_when_the_command_runs_every_day(recurrence, day, first, last, expected):
    recurring(recurrence, day)
    open_on(first - dt.timedelta(days=1))

    made = every_day(first, last)

    assert made == [(opens, opens, closes) for opens, closes in expected]


def test_a_quarters_round_says_what_it_is_and_tells_the_units():
    duty = recurring("quarterly")
    liaison = UserFactory(unit=duty.unit)

    (one,) = open_on(D(2024, 9, 16))

    assert (one.title, one.by, one.occurs_on, one.is_recurring) == ("2024年9月30日定期报送", None, D(2024, 9, 30), True)
    assert duties_of(one) == {duty}
    notice = Notification.objects.get()
    assert (notice.user, notice.text, notice.path) == (
        liaison,
        "报送批次“2024年9月30日定期报送”：本单位须报送1件承办事项，2024年9月30日截止。",
        f"/rounds/{one.pk}/",
    )


def test_nothing_is_made_on_the_evening_before():
    recurring("quarterly")

    assert open_on(D(2024, 9, 15)) == []


@pytest.mark.parametrize(("year", "last"), [(2024, D(2024, 2, 29)), (2023, D(2023, 2, 28))])
def test_the_end_of_february_also_in_a_leap_year(year, last):
    recurring("monthly", 30, plan_of(year=year, issued_on=D(year, 2, 1)))

    assert days_of(open_on(D(year, 2, 20))) == [(last - dt.timedelta(days=14), last)]


def test_the_last_of_the_year_may_be_made_up_for_in_january():
    duty = recurring("quarterly")

    assert days_of(open_on(D(2025, 1, 31))) == [(D(2024, 12, 17), D(2024, 12, 31))]
    assert duties_of(ReportingRound.objects.get()) == {duty}


def test_a_plan_whose_year_is_over_makes_no_more():
    recurring("weekly")

    assert open_on(D(2025, 2, 1)) == []


def test_the_first_weekly_deadline_of_a_year_begins_in_the_old_one():
    recurring("weekly", plan=plan_of(year=2025, issued_on=D(2024, 12, 1)))

    assert days_of(open_on(D(2025, 1, 1))) == [(D(2024, 12, 30), D(2025, 1, 5))]


def test_a_round_opens_no_sooner_than_its_plan_was_issued():
    recurring("quarterly", plan=plan_of(issued_on=D(2024, 6, 24)))

    assert days_of(open_on(D(2024, 6, 24))) == [(D(2024, 6, 24), D(2024, 6, 30))]


def test_a_deadline_before_the_plan_was_issued_makes_none():
    recurring("quarterly", plan=plan_of(issued_on=D(2024, 7, 1)))

    assert open_on(D(2024, 7, 1)) == []


def test_an_outage_loses_nothing_that_still_matters():
    recurring("monthly", 5)

    made = open_on(D(2024, 9, 5))

    assert days_of(made) == [(D(2024, 7, 22), D(2024, 8, 5)), (D(2024, 8, 22), D(2024, 9, 5))]


def test_what_is_older_than_a_month_is_not_made_up_for():
    recurring("monthly", 5)

    assert days_of(open_on(D(2024, 9, 6))) == [(D(2024, 8, 22), D(2024, 9, 5))]


def test_what_was_reported_during_the_outage_counts():
    duty = recurring("quarterly")
    with time_machine.travel(on_day(D(2024, 9, 20))):
        submit(duty)

    (one,) = open_on(D(2024, 10, 8))

    assert current(one) == {duty.unit.name: "in_time"}


def test_twice_on_one_day_or_later_makes_nothing_twice():
    UserFactory(unit=recurring("quarterly").unit)
    assert len(open_on(D(2024, 9, 16))) == 1

    again = open_on(D(2024, 9, 16)) + open_on(D(2024, 9, 20)) + open_on(D(2024, 10, 20))

    assert (again, ReportingRound.objects.count(), Notification.objects.count()) == ([], 1, 1)


def test_a_round_that_was_put_off_or_closed_is_not_made_again():
    clerk = UserFactory(role=Role.OFFICE)
    recurring("weekly")
    (one,) = [each for each in open_on(D(2024, 10, 7)) if each.closes_on == D(2024, 10, 13)]
    with time_machine.travel(on_day(D(2024, 10, 13))):
        rounds.change(one, by=clerk, title=one.title, text="", closes_on=D(2024, 10, 20))
        rounds.close(one, by=clerk)

    made = open_on(D(2024, 10, 14))

    assert days_of(made) == [(D(2024, 10, 14), D(2024, 10, 20))]


def test_rows_with_the_same_day_share_one_round():
    plan = plan_of()
    monthly, quarterly = recurring("monthly", plan=plan), recurring("quarterly", plan=plan)

    made = open_on(D(2024, 9, 17))

    (one,) = [each for each in made if each.closes_on == D(2024, 9, 30)]
    assert (one.opens_on, duties_of(one)) == (D(2024, 9, 16), {monthly, quarterly})


def test_a_report_counts_for_one_of_two_rounds_that_follow_each_other():
    duty = recurring("weekly")
    first = next(each for each in open_on(D(2024, 10, 7)) if each.closes_on == D(2024, 10, 13))
    with time_machine.travel(on_day(D(2024, 10, 13))):
        submit(duty)

    (second,) = open_on(D(2024, 10, 14))

    assert (current(first), current(second)) == ({duty.unit.name: "in_time"}, {duty.unit.name: "missing"})


def test_what_owes_nothing_is_not_asked():
    plan = plan_of()
    duty = recurring("quarterly", plan=plan)
    done, suspended, released, later = (AssignmentFactory(task=duty.task) for _ in range(4))
    with time_machine.travel(on_day(D(2024, 9, 1))):
        complete(done)
        transitions.move(suspended, Event.SUSPENDED, by=UserFactory(role=Role.OFFICE))
    released.released_on = D(2024, 9, 10)
    released.save()
    later.owed_from = D(2024, 10, 1)
    later.save()
    AssignmentFactory(task=TaskFactory(section=duty.task.section))

    (one,) = open_on(D(2024, 10, 2))

    assert duties_of(one) == {duty}


def test_where_nobody_owes_anything_no_empty_round_is_made():
    with time_machine.travel(on_day(D(2024, 9, 1))):
        complete(recurring("quarterly"))

    assert open_on(D(2024, 9, 20)) == []


@pytest.mark.parametrize("recurrence", ["ongoing", ""])
def test_rows_that_do_not_come_back_make_none(recurrence):
    recurring(recurrence)

    assert open_on(D(2024, 9, 30)) == []


def test_a_draft_makes_none():
    duty = recurring("quarterly")
    type(duty.plan).objects.update(state="draft")

    assert open_on(D(2024, 9, 30)) == []


def queries(day):
    with CaptureQueriesContext(connection) as captured:
        open_on(day)
    return len(captured)


def test_plans_without_recurring_rows_cost_nothing():
    assert queries(D(2024, 9, 16)) == 1
    for _ in range(5):
        recurring("ongoing", plan=plan_of())

    assert queries(D(2024, 9, 16)) == 1


def test_the_queries_of_a_plan_do_not_grow_with_its_duties():
    few, many = recurring("quarterly"), recurring("quarterly")
    for _ in range(30):
        UserFactory(unit=AssignmentFactory(task=many.task).unit)
    UserFactory(unit=few.unit)
    type(many.plan).objects.filter(pk=many.plan.pk).update(state="draft")
    spent = queries(D(2024, 9, 16))
    type(many.plan).objects.filter(pk=many.plan.pk).update(state="issued")
    type(few.plan).objects.filter(pk=few.plan.pk).update(state="draft")

    assert queries(D(2024, 9, 16)) == spent


def test_the_database_keeps_one_round_a_day(refused_by):
    recurring("quarterly")
    (one,) = open_on(D(2024, 9, 16))

    with refused_by("one_recurring_round_a_day"):
        ReportingRound.objects.create(
            plan=one.plan, title="又一次", opens_on=one.opens_on, closes_on=one.closes_on, occurs_on=one.occurs_on
        )


@pytest.mark.parametrize(
    ("month", "title"),
    [
        (1, "四季度进展"),
        (3, "一季度进展"),
        (4, "一季度进展"),
        (9, "三季度进展"),
        (10, "三季度进展"),
        (12, "四季度进展"),
    ],
)
def test_the_suggested_title_is_of_the_quarter_that_ends_or_has_just_ended(month, title):
    assert rounds.suggested_title(D(2024, month, 8)) == title
