"""The facts of the assessment again in plain Python from the raw rows, over random histories."""

import datetime as dt
import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
import time_machine
from django.utils import timezone

from departments.choices import Role, UnitKind
from departments.models import Unit
from reports.assessment import RubricValues, facts, ranked
from tasks.choices import Event, Grade, Quality, ReportState, Status
from tasks.models import Assignment, Plan, ProgressReport, Reminder
from tasks.services.deadlines import suspension
from tasks.services.progress import reviews
from tests.factories import (
    AssignmentFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    chase,
    claim,
    submit,
)
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

DAYS = [dt.date(2024, 6, 23), dt.date(2024, 9, 30), dt.date(2024, 11, 15), dt.date(2025, 2, 1), dt.date(2025, 6, 1)]
LAST = DAYS[-1]


class History:
    """Plays one duty by the services: reports, answers with and without a rating, new ratings, 催办 and 中止."""

    def __init__(self, duty, chance, people):
        self.duty, self.chance, self.people = duty, chance, people
        self.author = UserFactory(unit=duty.unit)
        self.day = dt.date(2024, 6, 25)

    def later(self, most=40):
        self.day += dt.timedelta(days=self.chance.randint(1, most))
        return time_machine.travel(on_day(self.day, self.chance.choice([0, 12, 23]), 30), tick=False)

    def play(self):
        for write in self.chance.choices([submit, submit, claim, claim, self.urge, self.suspend], k=5):
            self.duty.refresh_from_db()
            if self.duty.suspended:
                return self.maybe_resume()
            if write in (submit, claim) and self.duty.status in (Status.NOT_STARTED, Status.IN_PROGRESS):
                self.report(write)
            elif write in (self.urge, self.suspend):
                write()
        return None

    def report(self, write):
        with self.later():
            report = write(self.duty, by=self.author)
        with self.later(15):
            answer = self.chance.choice(["approve", "approve", "approve", "return", None])
            quality = self.chance.choice([*Quality.values, None])
            if answer == "approve":
                exemplary = quality in (3, 4) and self.chance.random() < 0.5
                reviews.approve(report, by=self.people["reviewer"], quality=quality, is_exemplary=exemplary)
            elif answer == "return":
                reviews.return_(report, by=self.people["reviewer"], comment="请补充。")
        if answer == "approve" and self.chance.random() < 0.4:
            with self.later(60):
                reviews.rate(report, by=self.people["office"], quality=self.chance.choice([4, 3, 2, 1]))

    def urge(self):
        if self.duty.status in (Status.NOT_STARTED, Status.IN_PROGRESS):
            with self.later():
                chase(self.duty, by=self.people["office"], grade=self.chance.choice(Grade.values))

    def suspend(self):
        if self.duty.status != Status.COMPLETED and self.chance.random() < 0.5:
            with self.later():
                suspension.suspend(self.duty, by=self.people["office"], reason="等待上级文件。")

    def maybe_resume(self):
        if self.chance.random() < 0.5:
            with self.later():
                suspension.resume(self.duty, by=self.people["office"], reason="文件已到。")


@pytest.fixture(params=[1, 2, 3])
def plan(request):
    chance = random.Random(request.param)
    plan = PlanFactory()
    people = {"reviewer": UserFactory(role=Role.REVIEWER), "office": UserFactory(role=Role.OFFICE)}
    units = [UnitFactory(kind=kind, order=n) for n, kind in enumerate([UnitKind.DEPARTMENT, UnitKind.TOWN] * 2)]
    UnitFactory()  # owes nothing
    section = SectionFactory(part=PartFactory(plan=plan))
    for number in range(1, 7):
        due = dt.date(2024, chance.randint(7, 12), chance.choice([1, 15, 30])) if number < 6 else None
        task = TaskFactory(section=section, number=number, due_on=due)
        for unit in units:
            History(AssignmentFactory(task=task, unit=unit), chance, people).play()
    with time_machine.travel(on_day(dt.date(2024, 10, 20)), tick=False):
        several = list(Assignment.objects.filter(suspended=False, status__in=["not_started", "in_progress"])[:9])
        chase(*several, by=people["office"], grade=Grade.RED)
    last = Assignment.objects.order_by("pk").last()
    with time_machine.travel(on_day(dt.date(2024, 11, 15)), tick=False):
        Assignment.objects.filter(pk=last.pk).update(released_on=dt.date(2024, 11, 15))
    other = AssignmentFactory(unit=units[0])  # of another plan
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        reviews.approve(submit(other), by=people["office"], quality=4, is_exemplary=True)
    with time_machine.travel(on_day(LAST), tick=False):
        yield plan


def owed_plainly(plan, as_of):
    """The duties that counted on an evening, each with its steps up to then."""
    counted = []
    for duty in Assignment.objects.filter(plan=plan).select_related("unit"):
        steps = [step for step in duty.transitions.order_by("pk") if timezone.localdate(step.at) <= as_of]
        flips = [step.event for step in steps if step.event in (Event.SUSPENDED, Event.RESUMED)]
        released = duty.released_on and duty.released_on <= as_of
        if duty.owed_from <= as_of and not released and flips[-1:] != [Event.SUSPENDED]:
            counted.append((duty, steps))
    return counted


def standing_of(duty, steps, as_of):
    """`done_in_time`, `done_late`, `overdue`, or nothing of these."""
    status = steps[-1].to_status if steps else Status.NOT_STARTED
    claims = [timezone.localdate(step.at) for step in steps if step.event == Event.CLAIMED]
    due = duty.due_on or dt.date.max
    if status == Status.COMPLETED:
        return "done_in_time" if claims[-1] <= due else "done_late"
    waits_in_time = status == Status.UNDER_REVIEW and claims[-1] <= due
    return "overdue" if as_of > due and not waits_in_time else ""


def rating_then(report, as_of):
    ratings = [one for one in report.ratings.order_by("pk") if timezone.localdate(one.at) <= as_of]
    return ratings[-1] if ratings else None


def counted_plainly(plan, as_of):
    """What is known of each unit, by its id."""
    told = {}
    for duty, steps in owed_plainly(plan, as_of):
        one = told.setdefault(duty.unit_id, Counter(ratings=Counter(), chased=set(), supervised=set()))
        one["owed"] += 1
        one[standing_of(duty, steps, as_of)] += 1
        for report in duty.reports.filter(reviewed_at__isnull=False):
            if timezone.localdate(report.reviewed_at) > as_of:
                continue
            one["returned"] += report.state == ReportState.RETURNED
            if report.state == ReportState.APPROVED:
                rating = rating_then(report, as_of)
                one["ratings"][rating and rating.quality] += 1
                one["exemplary"] += bool(rating and rating.is_exemplary)
        for reminder in Reminder.objects.filter(items__assignment=duty, plan=plan):
            if timezone.localdate(reminder.at) <= as_of and reminder.grade != Grade.BLUE:
                one["chased" if reminder.grade == Grade.YELLOW else "supervised"].add(reminder.pk)
    return told


def test_every_fact_is_what_plain_python_counts(plan):
    for as_of in DAYS:
        told = counted_plainly(plan, as_of)

        got = {one.unit: one for one in facts(plan, as_of, Unit.objects.all())}

        assert got.keys() == told.keys()
        for unit, one in told.items():
            done = one["done_in_time"] + one["done_late"]
            assert (got[unit].owed, got[unit].overdue) == (one["owed"], one["overdue"])
            assert (got[unit].done, got[unit].done_in_time) == (done, one["done_in_time"])
            assert (got[unit].ratings, got[unit].exemplary) == (dict(one["ratings"]), one["exemplary"])
            assert (got[unit].returned, got[unit].chased) == (one["returned"], len(one["chased"]))
            assert got[unit].supervised == len(one["supervised"])
    has_what_is_counted(told.values())


WORTH = {4: 100, 3: 80, 2: 60, 1: 30, None: 80}


def half_up(number):
    """Round a fraction half up to two digits, by whole numbers."""
    return Decimal((number * 200 + 1) // 2) / 100


def points_plainly(one):
    done, reports = one["done_in_time"] + one["done_late"], sum(one["ratings"].values())
    due = done + one["overdue"]
    worth = sum(WORTH[quality] * number for quality, number in one["ratings"].items())
    lost = Fraction(one["returned"], 2) + len(one["chased"]) + 2 * len(one["supervised"])
    return [
        half_up(Fraction(50 * done, one["owed"])),
        half_up(Fraction(20 * one["done_in_time"], due)) if due else 20,
        half_up(Fraction(20 * worth, 100 * reports)) if reports else 0,
        half_up(max(Fraction(10) - lost, Fraction(0))),
        min(one["exemplary"], 5),
    ]


def test_every_point_and_rank_is_what_plain_python_gives(plan):
    towns = set(Unit.objects.filter(kind=UnitKind.TOWN).values_list("pk", flat=True))
    for as_of in DAYS:
        told = {unit: points_plainly(one) for unit, one in counted_plainly(plan, as_of).items()}

        scores = ranked(facts(plan, as_of, Unit.objects.all()), RubricValues())

        assert {score.unit_id: [part.points for part in score.parts.values()] for score in scores} == told
        for score in scores:
            rivals = [sum(points) for unit, points in told.items() if (unit in towns) == (score.unit_id in towns)]
            assert score.rank == 1 + sum(total > score.total for total in rivals)


def has_what_is_counted(told):
    """The history is worth reading: something of everything happened in it."""
    assert all(sum(one[name] for one in told) for name in ("done_in_time", "overdue", "returned"))
    assert any(one["chased"] for one in told)
    assert any(one["supervised"] for one in told)
    assert any(one["exemplary"] for one in told)
    assert Assignment.objects.filter(suspended=True).exists()
    assert any(report.ratings.count() > 1 for report in ProgressReport.objects.all())


def test_rounding_of_the_plain_reading_is_the_products():
    for part, whole in [(1, 3), (1, 16), (1, 32), (2, 3), (5, 8), (13, 56)]:
        exact = Decimal(50 * part) / whole
        assert half_up(Fraction(50 * part, whole)) == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_facts_take_four_queries_and_one_more_in_the_past_and_are_cut_to_the_units_asked_for(django_assert_num_queries):
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=PlanFactory())))
    units = UnitFactory.create_batch(3)
    for unit in units:
        AssignmentFactory(task=task, unit=unit)

    for as_of, queries in ((timezone.localdate(), 4), (DAYS[1], 5)):  # what has changed since
        with django_assert_num_queries(queries):
            got = facts(task.plan, as_of, Unit.objects.all())
        assert [one.unit for one in got] == [unit.pk for unit in units]
    assert [one.unit for one in facts(task.plan, LAST, Unit.objects.filter(pk=units[1].pk))] == [units[1].pk]


def test_a_new_rating_leaves_the_evenings_before_it_as_they_were():
    plan = PlanFactory()
    duty = AssignmentFactory(task=TaskFactory(section=SectionFactory(part=PartFactory(plan=plan))))
    reviewer = UserFactory(role=Role.REVIEWER)
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        report = submit(duty)
        reviews.approve(report, by=reviewer, quality=4, is_exemplary=True)
    with time_machine.travel(on_day(dt.date(2024, 9, 20), 23, 59), tick=False):
        reviews.rate(report, by=reviewer, quality=2)

    then, after = (facts(Plan.objects.get(), dt.date(2024, 9, day), Unit.objects.all())[0] for day in (19, 20))

    assert (then.ratings, then.exemplary) == ({4: 1}, 1)
    assert (after.ratings, after.exemplary) == ({2: 1}, 0)
