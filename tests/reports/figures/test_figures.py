"""Every figure again in plain Python from the raw rows, today and on a past day."""

import datetime as dt
import random
from collections import Counter

import pytest
import time_machine
from django.utils import timezone

from departments.choices import Role, UnitKind
from reports import figures
from tasks.choices import Event, Light, ReportState, Status
from tasks.models import Assignment, Plan, ProgressReport
from tasks.scope import Scope
from tasks.services.progress import reports, reviews
from tests.factories import (
    AssignmentFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    submit,
)
from tests.reports.lives import (
    LIVELY_DAYS,
    counted_plainly,
    lit,
    owed_on,
    seen_by,
    submitted_on,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

DAYS = [dt.date(2024, 9, 30), dt.date(2024, 12, 31), dt.date(2025, 2, 1)]


def months():
    """Play some random months by the services themselves; give who reads them."""
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
                    report = (claim if what in ("claim", "done") else submit)(duty)
            if what in ("returned", "done"):
                with time_machine.travel(report.submitted_at + dt.timedelta(days=chance.randint(1, 30)), tick=False):
                    answer = {"returned": reviews.return_, "done": reviews.approve}[what]
                    answer(report, by=reviewer, comment="【演示】请补充。")
    return office


@pytest.fixture(scope="module")
def shared_office(share):
    return share(months)


@pytest.fixture
def office(db, shared_office, evidence_folder):
    with time_machine.travel(on_day(DAYS[-1]), tick=False):
        yield shared_office.copy_into(evidence_folder)


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
    with evening(as_of):
        duties = Assignment.objects.shown_to(office, Plan.objects.get(), as_of)

        rows, tasks = figures.counted(duties), figures.number_of_tasks(duties)

    assert figures.totals(rows) == sums(told)
    assert tasks == 8
    for row in figures.by_part(rows):
        of_part = [one for one in told if one[0].task.section.part_id == row["task__section__part"]]
        assert {name: row[name] for name in figures.COUNTED} == sums(of_part)
    for row in figures.by_unit(rows, ranked=True):
        of_unit = [one for one in told if one[0].unit_id == row["unit"]]
        assert {name: row[name] for name in figures.COUNTED} == sums(of_unit)


def test_the_best_unit_comes_first(office):
    with evening(DAYS[-1]):
        rates = [
            row["completion_rate"] for row in figures.by_unit(figures.counted(_all(office, DAYS[-1])), ranked=True)
        ]

    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize("as_of", DAYS)
def test_completions_and_deadlines_month_by_month(office, as_of):
    with evening(as_of):
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

    with evening(as_of):
        assert set(figures.still_waiting(figures.submitted(Scope(office, Plan.objects.get(), as_of)))) == waiting
    assert waiting


def _all(user, as_of):
    return Assignment.objects.shown_to(user, Plan.objects.get(), as_of)


# --- a livelier history, for who sees all, for a lead and for one unit ------------------------------------------------


@pytest.fixture
def county(lives):
    return lives


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

            with evening(as_of):
                shown = _all(user, as_of)
                rows, tasks = figures.counted(shown), figures.number_of_tasks(shown)

            assert figures.totals(rows) == counted_plainly(duties, as_of)
            assert tasks == len({duty.task_id for duty in duties})
            by_part = grouped(duties, as_of, lambda duty: duty.task.section.part_id)
            assert only_counts(figures.by_part(rows), "task__section__part") == by_part
            by_section = grouped(duties, as_of, lambda duty: duty.task.section_id)
            assert only_counts(figures.by_section(rows), "task__section") == by_section
            by_unit = grouped(duties, as_of, lambda duty: duty.unit_id)
            assert only_counts(figures.by_unit(rows, ranked=True), "unit") == by_unit


def test_the_history_has_every_light_and_somebody_who_sees_less(county):
    with evening(dt.date(2024, 9, 30)):
        of_all, of_the_lead, of_one = (
            figures.totals(figures.counted(_all(user, dt.date(2024, 9, 30)))) for user in county.values()
        )

    assert [name for name in Light.values if not of_all[name]] == []
    assert 0 < of_one["owed"] < of_the_lead["owed"] < of_all["owed"]
    assert Assignment.objects.filter(transitions__event=Event.REVOKED).exists()


def test_units_stand_by_share_done_then_share_late_then_in_the_countys_order(county):
    for as_of in LIVELY_DAYS:
        with evening(as_of):
            rows = figures.by_unit(figures.counted(_all(county["office"], as_of)), ranked=True)

        places = [(-row["done"] / row["owed"], row["overdue"] / row["owed"], row["unit__order"]) for row in rows]
        assert places == sorted(places)
        assert [row["is_rural"] for row in rows] == [row["unit__kind"] == UnitKind.TOWN for row in rows]


def test_each_month_has_what_was_done_and_due_by_its_end(county):
    for user in county.values():
        seen = seen_by(user)
        for as_of in LIVELY_DAYS:
            duties = owed_on(seen, as_of)

            with evening(as_of):
                rows = figures.completed_by_month(_all(user, as_of), as_of)

            assert rows == [(month, *_done_and_due(duties, month, as_of)) for month, _, _ in rows]
            assert [month for month, _, _ in rows] == sorted({month for month, _, _ in rows})
            assert not rows or rows[-1][0] == f"{as_of:%Y-%m}"


def _done_and_due(duties, month, as_of):
    first_of_the_next = (dt.date.fromisoformat(f"{month}-28") + dt.timedelta(days=4)).replace(day=1)
    end = min(first_of_the_next - dt.timedelta(days=1), as_of)
    done = sum(lit(duty, end)[0] == Light.DONE for duty in duties)
    return done, sum(bool(duty.due_on) and duty.due_on <= end for duty in duties)


def test_what_stood_submitted_what_waited_and_what_came_last(county):
    plan = Plan.objects.get()
    for user in county.values():
        seen = seen_by(user)
        for as_of in LIVELY_DAYS:
            stood = submitted_on(seen, as_of)
            waited = [(report, at) for report, at, state in stood if state == "submitted"]

            with evening(as_of):
                shown = figures.submitted(Scope(user, plan, as_of))

                told = {(one.pk, one.submitted_on, one.state) for one in shown}
                assert told == {(report.pk, timezone.localdate(at), state) for report, at, state in stood}
                assert list(figures.still_waiting(shown)) == [report for report, _ in waited]
                last = figures.days_of_last(shown)
            days = {}
            for report, at, _ in stood:
                day = timezone.localdate(at)
                days[report.assignment_id] = max(day, days.get(report.assignment_id, day))
            assert last == days


def test_the_history_has_reports_that_were_taken_back_later(county):
    duties = seen_by(county["office"])
    days = [dt.date(2024, 7, 1) + dt.timedelta(days=5 * n) for n in range(60)]
    stood = [one for as_of in days for one in submitted_on(duties, as_of)]

    assert any(report.state == ReportState.DRAFT for report, _, _ in stood)
    assert any(report.submitted_at and report.submitted_at > at for report, at, _ in stood)


def test_the_burn_up_goes_on_to_the_last_deadline(county):
    for user in county.values():
        seen = seen_by(user)
        for as_of in LIVELY_DAYS:
            duties = owed_on(seen, as_of)

            with evening(as_of):
                shown = _all(user, as_of)
                due = Counter(row.due_on for row in figures.rows_of(shown) if row.due_on)
                rows = figures.burn_up(figures.completions(shown, as_of), due, as_of)

            for row in rows:
                done = sum(lit(duty, row["until"])[0] == Light.DONE for duty in duties)
                assert row["done"] == (done if row["until"] <= as_of else None)
                assert row["due"] == sum(bool(duty.due_on) and duty.due_on <= row["until"] for duty in duties)
            assert not rows or rows[-1]["due"] == sum(bool(duty.due_on) for duty in duties)
            assert not duties or as_of in [row["until"] for row in rows]


def test_the_sums_of_duties_one_by_one_are_those_that_the_database_counts(county):
    for user in county.values():
        for as_of in LIVELY_DAYS:
            with evening(as_of):
                shown = _all(user, as_of)
                rows = figures.rows_of(shown)
                for name in ("unit", "task"):
                    counted = {row.pop(name): row for row in shown.light_counts(name)}
                    assert figures.sums_by(rows, name) == counted


def test_nothing_is_compared_with_a_day_before_the_plan_was_issued(county):
    plan = Plan.objects.get()

    days = [figures.day_before(plan, plan.issued_on + dt.timedelta(days=n)) for n in (29, 30)]

    assert days == [None, plan.issued_on]


def test_without_a_ranking_units_stand_as_in_the_register(county):
    for as_of in LIVELY_DAYS:
        with evening(as_of):
            rows = figures.by_unit(figures.counted(_all(county["office"], as_of)), ranked=False)

        assert [row["unit__order"] for row in rows] == sorted(row["unit__order"] for row in rows)


def test_a_past_evening_shows_the_words_and_the_evidence_that_it_had_then():
    duty = AssignmentFactory()
    author, office = UserFactory(unit=duty.unit), UserFactory(role=Role.OFFICE)
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        report = submit(duty, by=author, text="第一稿。", evidence=1)
    with time_machine.travel(on_day(dt.date(2024, 9, 10)), tick=False):
        reports.withdraw(report, by=author)
        submit(duty, by=author, text="第二稿。", evidence=1)

    with time_machine.travel(on_day(dt.date(2024, 10, 1)), tick=False):
        told = []
        for day in (dt.date(2024, 9, 5), dt.date(2024, 9, 10)):
            with evening(day):
                found = figures.submitted(Scope(office, duty.plan, day))
                items = sum(figures.number_of_items(found, "assignment").values())
                told.append((found.get().pk, found.get().text, items))

    assert told == [(report.pk, "第一稿。", 1), (report.pk, "第二稿。", 2)]
