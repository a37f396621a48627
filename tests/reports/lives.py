"""A county after some lively months, played by the services, and its plain reading in Python."""

import datetime as dt
import random

import time_machine
from django.utils import timezone

from departments.choices import Role, UnitKind
from tasks.choices import DutyRole, Event, Light, Status
from tasks.models import Assignment
from tasks.services.deadlines import extensions, suspension
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
from wenshang_disclosure.core.dates import on_day


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
        """Submit, and answer with one of `answers`; return what came of it."""
        self.duty.refresh_from_db()
        with self.later(40):
            report = write(self.duty, by=self.author, **written)
        answer = self.chance.choice(answers)
        with self.later(20):
            if answer:
                answer(report, by=self.reviewer, comment="请补充。")
        if answer is None and self.chance.random() < 0.4:
            self.take_back(report)
        return answer

    def take_back(self, report):
        """Withdraw what nobody answered, and hand it in once more or leave it."""
        with self.later(60):
            reports.withdraw(report, by=self.author)
        if self.chance.random() < 0.5:
            with self.later(30):
                submit(self.duty, by=self.author)

    def play(self):
        for _ in range(self.chance.randint(0, 2)):
            if not self.report(submit, [reviews.approve, reviews.return_, None]):
                return
        for _ in range(self.chance.randint(0, 2)):
            answer = self.report(claim, [reviews.approve, reviews.return_, None], open_units_note="已逐一催办。")
            if answer is None or answer is reviews.approve and self.chance.random() < 0.6:
                return
            if answer is reviews.approve:
                with self.later(20):
                    reviews.revoke(self.duty, by=self.reviewer, reason="材料不实。")


class RestlessLife(Life):
    """The same with 中止, extensions, answers that begin with the files of what they answer, words of their own."""

    def report(self, write, answers, **written):
        self.unrest()
        self.duty.refresh_from_db()
        if self.duty.suspended:
            return None
        words = {name: f"{name}之{self.duty.pk}之{self.day:%m%d}" for name in ("text", "obstacles")}
        if self.duty.awaits_answer and self.chance.random() < 0.7:
            with self.later(5):
                reports.start_answer(self.duty, by=self.author)
        written |= {"evidence": self.chance.randint(1, 2)} if write is submit else {}
        return super().report(write, answers, **words, **written)

    def unrest(self):
        """Suspend or extend the duty now and then; half of what is suspended goes on later."""
        office = self.reviewer.office
        if self.duty.status in (Status.NOT_STARTED, Status.IN_PROGRESS) and self.chance.random() < 0.2:
            with self.later(20):
                suspension.suspend(self.duty, by=office, reason="等待上级文件。")
            if self.chance.random() < 0.6:
                with self.later(30):
                    suspension.resume(self.duty, by=office, reason="文件已到。")
        elif self.duty.due_on and self.chance.random() < 0.2 and self.duty.status != Status.UNDER_REVIEW:
            with self.later(20):
                extensions.extend(self.duty, by=office, due_on=self.later_deadline(), reason="文件印发较晚。")

    def later_deadline(self):
        return max(self.duty.due_on, self.day) + dt.timedelta(days=self.chance.randint(1, 60))


def lively_county(seed=8, life=Life):
    """Play the months; give who reads: the office, a liaison whose unit leads half of the rows, one of another."""
    chance = random.Random(seed)
    plan = PlanFactory()
    reviewer = UserFactory(role=Role.REVIEWER)
    reviewer.office = UserFactory(role=Role.OFFICE)
    units = [UnitFactory(kind=kind, order=n) for n, kind in enumerate([UnitKind.DEPARTMENT, UnitKind.TOWN] * 2)]
    sections = [SectionFactory(part=PartFactory(plan=plan)) for _ in range(2)]
    for number in range(1, 9):
        due = dt.date(2024, chance.randint(7, 12), chance.choice([1, 15, 30]))
        task = TaskFactory(section=sections[number % 2], number=number, due_on=due if number < 8 else None)
        for unit in units:
            leads = unit == units[number % 2]
            role = DutyRole.LEAD if leads else DutyRole.RESPONSIBLE
            life(AssignmentFactory(task=task, unit=unit, role=role, coordinates=leads), chance, reviewer).play()
    last = Assignment.objects.order_by("pk").last()
    with time_machine.travel(on_day(dt.date(2024, 11, 15)), tick=False):
        Assignment.objects.filter(pk=last.pk).update(released_on=dt.date(2024, 11, 15))
    people = {"lead": UserFactory(unit=units[0]), "unit": UserFactory(unit=units[3])}
    return {"office": reviewer.office, **people}


THE_END = on_day(dt.date(2025, 6, 1))


LIVELY_DAYS = [
    dt.date(2024, 6, 23),
    dt.date(2024, 9, 30),
    dt.date(2024, 11, 14),
    dt.date(2024, 11, 15),
    dt.date(2025, 6, 1),
]


def seen_by(user):
    """The duties that a person may see, read from the raw rows."""
    duties = list(
        Assignment.objects.select_related("unit", "task__section__part").prefetch_related("transitions", "reports")
    )
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
    return (Light.ON_TRACK if status != Status.NOT_STARTED else Light.NOT_STARTED), False


def counted_plainly(duties, as_of):
    told = [lit(duty, as_of) for duty in duties]
    return {
        "owed": len(told),
        "on_time": sum(on_time for _, on_time in told),
        **{light.value: sum(one == light for one, _ in told) for light in Light},
    }


def submitted_on(duties, as_of):
    """Every report that had left its unit on that evening and was not taken back: `(report, moment, state)`."""
    told = []
    for duty in duties:
        for report in duty.reports.all():
            steps = [one for one in duty.transitions.all() if one.report_id == report.pk]
            steps = sorted((one for one in steps if timezone.localdate(one.at) <= as_of), key=lambda one: one.pk)
            moves = [one for one in steps if one.event in (Event.SUBMITTED, Event.CLAIMED, Event.WITHDRAWN)]
            if moves and moves[-1].event != Event.WITHDRAWN:
                answer = {Event.APPROVED: "approved", Event.RETURNED: "returned"}.get(steps[-1].event, "submitted")
                told.append((report, moves[-1].at, answer))
    return sorted(told, key=lambda one: (one[1], one[0].pk))
