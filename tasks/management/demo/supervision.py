"""Supervision in a demo year: reminders, a round, requests for extensions, and opinions of leads."""

import uuid
from datetime import date, timedelta

from tasks.choices import IN_HAND, DutyRole, Grade, Opinion, ReportState
from tasks.models import (
    Assignment,
    Extension,
    LeadOpinion,
    ProgressReport,
    Reminder,
    ReminderAnswer,
    ReminderItem,
    ReportingRound,
    RoundItem,
    SupervisionRules,
)
from tasks.services.supervision import wording
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

from . import texts

CHASED_ON = {Grade.BLUE: date(2024, 12, 16), Grade.YELLOW: date(2025, 1, 6), Grade.RED: date(2025, 1, 20)}
REMINDED_IN_SEPTEMBER, CHASED_IN_SEPTEMBER = date(2024, 9, 12), date(2024, 9, 23)
CHASED, ANSWER_EVERY = 30, 4  # duties reminded of in September, and of how many one is answered in words
ROUND = ("三季度进展", date(2024, 9, 18), date(2024, 9, 30), date(2024, 10, 12))
REQUESTED_ON, WANTED = date(2024, 12, 20), date(2025, 2, 28)
GRADE_DIVISOR = 3  # each grade has a third of the reminders of the one before
OPINIONS, SOON = 24, timedelta(hours=2)
EXTENSION_REQUESTS = 3


def add(plan, people, office, lead):
    """Add supervision to a saved demo year; `people` are liaisons by unit, `lead` is one that coordinates rows."""
    open_duties = plan.assignments.filter(status__in=IN_HAND, due_on__isnull=False).select_related("unit")
    open_duties = list(open_duties.order_by("task", "unit", "pk"))
    sender = Sender(plan, office)
    _chase_in_september(sender, people)
    _chase(sender, open_duties, people)
    _chase_as_lead(sender, open_duties, lead)
    _call_a_round(plan, office)
    _ask_for_time(open_duties, people)
    give_opinions(plan, lead)


class Sender:
    """Sends the reminders of the office, and of a lead, and counts the office's."""

    def __init__(self, plan, office):
        self.plan, self.office, self.number = plan, office, 0

    def send(self, duties, grade, day, by=None, from_unit=None, repeats=None):
        """Send a reminder of duties (a list) on a day, with what each unit read, and return it."""
        self.number += not from_unit
        answer_by = SupervisionRules.of(self.plan).answer_by(grade, day)
        reminder = Reminder.objects.create(
            plan=self.plan,
            year=self.plan.year,
            number=None if from_unit else self.number,
            grade=grade,
            text=texts.CHASES[grade],
            by=by or self.office,
            from_unit=from_unit,
            at=on_day(day, 9, 30),
            on=day,
            answer_by=answer_by,
            repeats=repeats,
            key=uuid.uuid4(),
        )
        words = wording.by_unit(reminder.text, _as_they_stood(duties, day), answer_by)
        ReminderItem.objects.bulk_create(
            ReminderItem(reminder=reminder, assignment=duty, text=words[duty.unit]) for duty in duties
        )
        return reminder


def _as_they_stood(duties, day):
    """Return the duties with their lights on the evening of a day."""
    with evening(day):
        shown = Assignment.objects.filter(pk__in=[duty.pk for duty in duties]).with_light()
        return list(shown.select_related("unit", "task").order_by("task__number", "pk"))


def _chase_in_september(sender, people):
    """Remind of duties without a report, let some units answer in words, and remind again of what was not answered."""
    with evening(REMINDED_IN_SEPTEMBER):
        silent = sender.plan.assignments.owed().in_hand().filter(reports=None).select_related("unit")
        duties = list(silent.order_by("task__number", "unit__order", "pk")[::7])[:CHASED]
    if not duties:
        return
    reminder = sender.send(duties, Grade.BLUE, REMINDED_IN_SEPTEMBER)
    answer_in_words(reminder, people)
    with evening(CHASED_IN_SEPTEMBER):
        unanswered = [item.assignment for item in reminder.items.unanswered().select_related("assignment__unit")]
    if unanswered:
        sender.send(unanswered, Grade.YELLOW, CHASED_IN_SEPTEMBER, repeats=reminder)


def answer_in_words(reminder, people):
    """Let every fourth unanswered duty be answered in words two days later."""
    items = reminder.items.select_related("assignment__unit").order_by("pk")[::ANSWER_EVERY]
    at = on_day(reminder.on + timedelta(days=2), 15)
    for item in items:
        by = people[item.assignment.unit_id]
        item.seen_at, item.seen_by = at, by
        item.save(update_fields=["seen_at", "seen_by"])
        ReminderAnswer.objects.create(
            item=item, text=texts.ANSWER, unit=item.assignment.unit, by=by, at=at, key=uuid.uuid4()
        )


def _chase(sender, duties, people):
    if not duties:
        return
    before = None
    for number, (grade, day) in enumerate(CHASED_ON.items(), start=1):
        chased = duties[: len(duties) // GRADE_DIVISOR**number] or duties[:1]
        before = sender.send(chased, grade, day, repeats=before)
    if before:
        answer_in_words(before, people)


def _chase_as_lead(sender, duties, lead):
    led = set(sender.plan.assignments.filter(unit=lead.unit, coordinates=True).values_list("task", flat=True))
    own = [duty for duty in duties if duty.task_id in led and duty.role == DutyRole.RESPONSIBLE]
    if own:
        sender.send(own[:5], Grade.YELLOW, CHASED_ON[Grade.YELLOW], by=lead, from_unit=lead.unit)


def _call_a_round(plan, office):
    title, opens_on, closes_on, closed_on = ROUND
    called = ReportingRound.objects.create(
        plan=plan,
        title=title,
        text=texts.CALL,
        opens_on=opens_on,
        closes_on=closes_on,
        by=office,
        at=on_day(opens_on, 9),
        closed_at=on_day(closed_on, 17),
        closed_by=office,
    )
    done = ProgressReport.objects.filter(
        state=ReportState.APPROVED, claims_completion=True, reviewed_at__lt=on_day(opens_on, 0)
    )
    with evening(opens_on):
        requested = list(plan.assignments.owed(opens_on).exclude(reports__in=done))
    RoundItem.objects.bulk_create(RoundItem(round=called, assignment=duty) for duty in requested)


def _ask_for_time(duties, people):
    """Create some undecided requests for extensions, each of a different unit."""
    one_a_unit = {duty.unit_id: duty for duty in duties if duty.due_on > REQUESTED_ON and duty.due_on < WANTED}
    Extension.objects.bulk_create(
        Extension(
            assignment=duty,
            old_due_on=duty.due_on,
            requested_due_on=WANTED,
            reason=texts.MORE_TIME,
            requested_by=people[duty.unit_id],
            requested_at=on_day(REQUESTED_ON, 10),
        )
        for duty in list(one_a_unit.values())[:EXTENSION_REQUESTS]
    )


def give_opinions(plan, lead):
    led = plan.assignments.filter(unit=lead.unit, coordinates=True).values("task")
    reports = ProgressReport.objects.submitted().filter(
        assignment__task__in=led, assignment__role=DutyRole.RESPONSIBLE, assignment__plan=plan
    )
    LeadOpinion.objects.bulk_create(
        LeadOpinion(
            report=report,
            unit=lead.unit,
            opinion=Opinion.WANTS_MORE if place % 4 == 3 else Opinion.ENDORSED,
            text=texts.WANTS_MORE if place % 4 == 3 else "",
            by=lead,
            at=report.submitted_at + SOON,
        )
        for place, report in enumerate(reports.order_by("pk")[:OPINIONS])
    )
