"""Every figure again in plain Python from the raw rows, today and on a past day."""

import datetime as dt
import random

import pytest
import time_machine
from django.utils import timezone

from departments.choices import Role, UnitKind
from reports import figures
from tasks.choices import Event, Light, ReportState, Status
from tasks.models import Assignment, Plan, ProgressReport
from tasks.services import reviews
from tests.factories import (
    AssignmentFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    hand_in,
)
from wenshang_disclosure.common.dates import on_day

pytestmark = pytest.mark.django_db

DAYS = [dt.date(2024, 9, 30), dt.date(2024, 12, 31), dt.date(2025, 2, 1)]


@pytest.fixture
def office():
    """A county after some random months, by the services themselves."""
    chance = random.Random(2024)
    plan = PlanFactory()
    office, reviewer = UserFactory(role=Role.OFFICE), UserFactory(role=Role.REVIEWER)
    units = [UnitFactory(kind=kind, order=n) for n, kind in enumerate([UnitKind.DEPARTMENT, UnitKind.TOWNSHIP] * 3)]
    sections = [SectionFactory(part=PartFactory(plan=plan)) for _ in range(3)]
    for number in range(1, 9):
        task = TaskFactory(section=sections[number % 3], number=number, due_on=dt.date(2024, chance.randint(7, 12), 28))
        for unit in units:
            duty = AssignmentFactory(task=task, unit=unit)
            with time_machine.travel(on_day(dt.date(2024, chance.randint(7, 12), chance.randint(1, 28))), tick=False):
                what = chance.choice(["nothing", "plain", "returned", "claim", "done"])
                if what != "nothing":
                    report = (claim if what in ("claim", "done") else hand_in)(duty)
            if what in ("returned", "done"):
                with time_machine.travel(report.submitted_at + dt.timedelta(days=chance.randint(1, 30)), tick=False):
                    answer = {"returned": reviews.return_, "done": reviews.approve}[what]
                    answer(report, by=reviewer, comment="【演示】请补充。")
    with time_machine.travel(on_day(DAYS[-1]), tick=False):
        yield office


def plain(as_of):
    """Every duty's light on a day, read from the raw steps."""
    told = []
    for duty in Assignment.objects.select_related("unit", "task__section__part"):
        steps = [step for step in duty.transitions.order_by("pk") if timezone.localdate(step.at) <= as_of]
        status = steps[-1].to_status if steps else Status.NOT_STARTED
        claims = [timezone.localdate(step.at) for step in steps if step.event == Event.CLAIMED]
        returned = bool(steps) and steps[-1].event == Event.RETURNED
        told.append((duty, _light(duty, status, claims, returned, as_of)))
    return told


def _light(duty, status, claims, returned, as_of):
    late = bool(claims) and claims[-1] > duty.due_on
    if status == Status.COMPLETED:
        return Light.DONE, late
    if status == Status.UNDER_REVIEW and not late:
        return Light.REVIEW, False
    if as_of > duty.due_on:
        return Light.OVERDUE, late
    if (duty.due_on - as_of).days <= 15 or returned:
        return Light.DUE_SOON, False
    return (Light.ON_TRACK if steps_taken(status) else Light.NOT_STARTED), False


def steps_taken(status):
    return status != Status.NOT_STARTED


def sums(told):
    return {
        "owed": len(told),
        "on_time": sum(light == (Light.DONE, False) for _, light in told),
        **{light.value: sum(one == light for _, (one, _) in told) for light in Light},
    }


@pytest.mark.parametrize("as_of", DAYS)
def test_sums_by_part_and_by_unit(office, as_of):
    told = plain(as_of)
    duties = Assignment.objects.shown_to(office, Plan.objects.get(), as_of)

    rows = figures.counted(duties)

    assert figures.totals(rows) == sums(told)
    assert figures.number_of_tasks(duties) == 8
    for row in figures.by_part(rows):
        of_part = [one for one in told if one[0].task.section.part_id == row["task__section__part"]]
        assert {name: row[name] for name in figures.COUNTED} == sums(of_part)
    for row in figures.by_unit(rows):
        of_unit = [one for one in told if one[0].unit_id == row["unit"]]
        assert {name: row[name] for name in figures.COUNTED} == sums(of_unit)


def test_the_best_unit_comes_first(office):
    rates = [row["completion_rate"] for row in figures.by_unit(figures.counted(_all(office, DAYS[-1])))]

    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize("as_of", DAYS)
def test_completions_and_deadlines_month_by_month(office, as_of):
    months = figures.completed_by_month(_all(office, as_of), as_of)

    done = sum(light == Light.DONE for _, (light, _) in plain(as_of))
    due = Assignment.objects.filter(due_on__lte=as_of).count()
    assert months[-1] == (f"{as_of:%Y-%m}", done, due)


@pytest.mark.parametrize("as_of", DAYS)
def test_what_waited_on_that_evening(office, as_of):
    waiting = {
        report
        for report in ProgressReport.objects.exclude(state=ReportState.DRAFT)
        if timezone.localdate(report.submitted_at) <= as_of
        and (report.reviewed_at is None or timezone.localdate(report.reviewed_at) > as_of)
    }

    assert set(figures.waiting_reports(office, Plan.objects.get(), as_of)) == waiting
    assert waiting


def _all(user, as_of):
    return Assignment.objects.shown_to(user, Plan.objects.get(), as_of)
