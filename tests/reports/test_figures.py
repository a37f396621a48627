"""Every figure again in plain Python from the raw rows, today and on a past day."""

import datetime as dt
import random

import pytest
import time_machine
from django.utils import timezone

from departments.choices import Role, UnitKind
from reports import figures
from tasks.choices import DutyRole, Event, Light, ReportState, Status
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


# --- a livelier history, for who sees all, for a lead and for one unit ------------------------------------------------


class Life:
    """Plays one duty: reports that are approved or returned, claims, completions that are taken back."""

    def __init__(self, duty, chance, reviewer):
        self.duty, self.chance, self.reviewer = duty, chance, reviewer
        self.author = UserFactory(unit=duty.unit)
        self.day = dt.date(2024, 6, 25)

    def later(self, most):
        self.day += dt.timedelta(days=self.chance.randint(1, most))
        return time_machine.travel(on_day(self.day, self.chance.choice([0, 12, 23]), 30), tick=False)

    def report(self, write, answers, **written):
        """Hand in, and answer with one of `answers`; give what came of it."""
        self.duty.refresh_from_db()
        with self.later(40):
            report = write(self.duty, by=self.author, **written)
        answer = self.chance.choice(answers)
        with self.later(20):
            if answer:
                answer(report, by=self.reviewer, comment="请补充。")
        return answer

    def play(self):
        for _ in range(self.chance.randint(0, 2)):
            if not self.report(hand_in, [reviews.approve, reviews.return_, None]):
                return
        for _ in range(self.chance.randint(0, 2)):
            answer = self.report(claim, [reviews.approve, reviews.return_, None], open_units_note="已逐一催办。")
            if answer is None or answer is reviews.approve and self.chance.random() < 0.6:
                return
            if answer is reviews.approve:
                with self.later(20):
                    reviews.revoke(self.duty, by=self.reviewer, reason="材料不实。")


@pytest.fixture
def county():
    """Who reads: the office, the liaison of a unit that leads half of the rows, and one of a unit that leads none."""
    chance = random.Random(8)
    plan = PlanFactory()
    reviewer = UserFactory(role=Role.REVIEWER)
    units = [UnitFactory(kind=kind, order=n) for n, kind in enumerate([UnitKind.DEPARTMENT, UnitKind.TOWN] * 2)]
    sections = [SectionFactory(part=PartFactory(plan=plan)) for _ in range(2)]
    for number in range(1, 9):
        due = dt.date(2024, chance.randint(7, 12), chance.choice([1, 15, 30]))
        task = TaskFactory(section=sections[number % 2], number=number, due_on=due if number < 8 else None)
        for unit in units:
            leads = unit == units[number % 2]
            role = DutyRole.LEAD if leads else DutyRole.RESPONSIBLE
            Life(AssignmentFactory(task=task, unit=unit, role=role, coordinates=leads), chance, reviewer).play()
    last = Assignment.objects.order_by("pk").last()
    Assignment.objects.filter(pk=last.pk).update(released_on=dt.date(2024, 11, 15))
    people = {"lead": UserFactory(unit=units[0]), "unit": UserFactory(unit=units[3])}
    with time_machine.travel(on_day(dt.date(2025, 6, 1)), tick=False):
        yield {"office": UserFactory(role=Role.OFFICE), **people}


LIVELY_DAYS = [
    dt.date(2024, 6, 23),
    dt.date(2024, 9, 30),
    dt.date(2024, 11, 14),
    dt.date(2024, 11, 15),
    dt.date(2025, 6, 1),
]


def seen_by(user):
    """The duties that a person may see, read from the raw rows."""
    duties = list(Assignment.objects.select_related("unit", "task__section__part").prefetch_related("transitions"))
    led = {duty.task_id for duty in duties if duty.coordinates and duty.unit_id == user.unit_id}
    return [duty for duty in duties if user.role == Role.OFFICE or duty.unit_id == user.unit_id or duty.task_id in led]


def owed_on(duties, as_of):
    return [duty for duty in duties if duty.owed_from <= as_of and (not duty.released_on or duty.released_on > as_of)]


def lit(duty, as_of):
    """The light and whether it is done in time, from the raw steps up to that evening."""
    steps = sorted(duty.transitions.all(), key=lambda step: step.pk)
    steps = [step for step in steps if timezone.localdate(step.at) <= as_of]
    status = steps[-1].to_status if steps else Status.NOT_STARTED
    told = [step for step in steps if step.event in (Event.SUBMITTED, Event.CLAIMED, Event.RETURNED)]
    returned = bool(told) and told[-1].event == Event.RETURNED
    claims = [timezone.localdate(step.at) for step in steps if step.event == Event.CLAIMED]
    return _lit(duty.due_on or dt.date.max, status, claims[-1] if claims else None, returned, as_of)


def _lit(due, status, claimed, returned, as_of):
    if status == Status.COMPLETED:
        return Light.DONE, claimed <= due
    if status == Status.UNDER_REVIEW and claimed <= due:
        return Light.REVIEW, False
    if as_of > due:
        return Light.OVERDUE, False
    if (due - as_of).days <= 15 or returned:
        return Light.DUE_SOON, False
    return (Light.ON_TRACK if steps_taken(status) else Light.NOT_STARTED), False


def counted_plainly(duties, as_of):
    told = [lit(duty, as_of) for duty in duties]
    return {
        "owed": len(told),
        "on_time": sum(on_time for _, on_time in told),
        **{light.value: sum(one == light for one, _ in told) for light in Light},
    }


def grouped(duties, as_of, key):
    keys = {key(duty) for duty in duties}
    return {one: counted_plainly([duty for duty in duties if key(duty) == one], as_of) for one in keys}


def only_counts(rows, key):
    return {row[key]: {name: row[name] for name in figures.COUNTED} for row in rows}


def test_every_sum_is_what_plain_python_counts(county):
    for user in county.values():
        seen = seen_by(user)
        for as_of in LIVELY_DAYS:
            duties = owed_on(seen, as_of)

            shown = _all(user, as_of)
            rows = figures.counted(shown)

            assert figures.totals(rows) == counted_plainly(duties, as_of)
            assert figures.number_of_tasks(shown) == len({duty.task_id for duty in duties})
            by_part = grouped(duties, as_of, lambda duty: duty.task.section.part_id)
            assert only_counts(figures.by_part(rows), "task__section__part") == by_part
            by_unit = grouped(duties, as_of, lambda duty: duty.unit_id)
            assert only_counts(figures.by_unit(rows), "unit") == by_unit


def test_the_history_has_every_light_and_somebody_who_sees_less(county):
    of_all, of_the_lead, of_one = (
        figures.totals(figures.counted(_all(user, dt.date(2024, 9, 30)))) for user in county.values()
    )

    assert [name for name in Light.values if not of_all[name]] == []
    assert 0 < of_one["owed"] < of_the_lead["owed"] < of_all["owed"]
    assert Assignment.objects.filter(transitions__event=Event.REVOKED).exists()


def test_units_stand_by_share_done_then_share_late_then_in_the_countys_order(county):
    for as_of in LIVELY_DAYS:
        rows = figures.by_unit(figures.counted(_all(county["office"], as_of)))

        places = [(-row["done"] / row["owed"], row["overdue"] / row["owed"], row["unit__order"]) for row in rows]
        assert places == sorted(places)
        assert [row["is_rural"] for row in rows] == [row["unit__kind"] == UnitKind.TOWN for row in rows]


def test_each_month_has_what_was_done_and_due_by_its_end(county):
    for user in county.values():
        seen = seen_by(user)
        for as_of in LIVELY_DAYS:
            duties = owed_on(seen, as_of)

            rows = figures.completed_by_month(_all(user, as_of), as_of)

            assert rows == [(month, *_done_and_due(duties, month, as_of)) for month, _, _ in rows]
            assert [month for month, _, _ in rows] == sorted({month for month, _, _ in rows})
            assert not rows or rows[-1][0] == f"{as_of:%Y-%m}"


def _done_and_due(duties, month, as_of):
    first_of_the_next = (dt.date.fromisoformat(f"{month}-28") + dt.timedelta(days=4)).replace(day=1)
    end = min(first_of_the_next - dt.timedelta(days=1), as_of)
    done = sum(lit(duty, end)[0] == Light.DONE for duty in duties)
    return done, sum(bool(duty.due_on) and duty.due_on <= end for duty in duties)


def test_what_waited_and_what_came_in_lately_is_read_from_the_raw_reports(county):
    plan = Plan.objects.get()
    for user in county.values():
        seen = {duty.pk for duty in seen_by(user)}
        reports = [report for report in ProgressReport.objects.all() if report.assignment_id in seen]
        for as_of in LIVELY_DAYS:
            waited = [report for report in reports if _came(report) <= as_of < _answered(report)]
            lately = [report for report in reports if as_of - dt.timedelta(days=7) < _came(report) <= as_of]

            assert list(figures.waiting_reports(user, plan, as_of)) == sorted(waited, key=_in_order)
            assert list(figures.handed_in_lately(user, plan, as_of)) == sorted(lately, key=_in_order, reverse=True)


def _came(report):
    return timezone.localdate(report.submitted_at)


def _answered(report):
    return timezone.localdate(report.reviewed_at) if report.reviewed_at else dt.date.max


def _in_order(report):
    return report.submitted_at, report.pk
