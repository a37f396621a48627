"""Supervision in a demo year: reminders, a round, requests for extensions, and opinions of leads."""

import uuid
from datetime import date, timedelta

from tasks.choices import IN_HAND, DutyRole, Grade, Opinion, ReportState
from tasks.models import Extension, LeadOpinion, ProgressReport, Reminder, ReminderItem, ReportingRound, RoundItem
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

from . import texts

CHASED_ON = {Grade.BLUE: date(2024, 12, 16), Grade.YELLOW: date(2025, 1, 6), Grade.RED: date(2025, 1, 20)}
ROUND = ("三季度进展", date(2024, 9, 18), date(2024, 9, 30), date(2024, 10, 12))
REQUESTED_ON, WANTED = date(2024, 12, 20), date(2025, 2, 28)
GRADE_DIVISOR = 3  # each grade has a third of the reminders of the one before
OPINIONS, SOON = 24, timedelta(hours=2)
EXTENSION_REQUESTS = 3


def add(plan, people, office, lead):
    """Add supervision to a saved demo year; `people` are liaisons by unit, `lead` is one that coordinates rows."""
    open_duties = list(plan.assignments.filter(status__in=IN_HAND, due_on__isnull=False).order_by("task", "unit", "pk"))
    _chase(plan, open_duties, office)
    _chase_as_lead(plan, open_duties, lead)
    _call_a_round(plan, office)
    _ask_for_time(open_duties, people)
    _give_opinions(plan, lead)


def _chase(plan, duties, office):
    for number, (grade, day) in enumerate(CHASED_ON.items(), start=1):
        chased = duties[: len(duties) // GRADE_DIVISOR**number] or duties[:1]
        _remind(plan, chased, office, grade, day, number)


def _chase_as_lead(plan, duties, lead):
    led = set(plan.assignments.filter(unit=lead.unit, coordinates=True).values_list("task", flat=True))
    own = [duty for duty in duties if duty.task_id in led and duty.role == DutyRole.RESPONSIBLE]
    if own:
        _remind(plan, own[:5], lead, Grade.YELLOW, CHASED_ON[Grade.YELLOW], len(CHASED_ON) + 1, lead.unit)


def _remind(plan, duties, by, grade, day, number, from_unit=None):
    at = on_day(day, 9, 30)
    reminder = Reminder.objects.create(
        plan=plan,
        year=plan.year,
        number=None if from_unit else number,
        grade=grade,
        text=texts.CHASES[grade],
        by=by,
        from_unit=from_unit,
        at=at,
        on=day,
        key=uuid.uuid4(),
    )
    ReminderItem.objects.bulk_create(ReminderItem(reminder=reminder, assignment=duty) for duty in duties)


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


def _give_opinions(plan, lead):
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
