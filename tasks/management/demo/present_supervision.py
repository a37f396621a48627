"""Supervision of a demo year that is still running: chases with and without an answer, a round that is open, requests,
what waits for a leader, drafts and questions.
"""

import uuid
from datetime import timedelta

from departments.choices import Role
from departments.models import Unit, User
from tasks.choices import IN_HAND, Grade, ReportState
from tasks.models import Extension, ReportingRound, RoundItem
from tasks.services.progress import discussion, reports
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

from . import texts
from .activity import workday
from .present import round_days
from .supervision import Sender, answer_in_words, give_opinions

REMINDED, CHASED, PRESSED = 16, 9, 2
"""Days before the last evening on which the office reminded, chased what was not answered, and pressed what is late."""
MOST_CHASED, MOST_PRESSED, REQUESTS, DRAFTS = 24, 4, 3, 3
MORE_DAYS = 40


def add(plan, people, office, lead, until):
    """Add supervision to a saved running year; `people` are liaisons by unit, `lead` is one that coordinates rows."""
    today = until + timedelta(days=1)
    _call_rounds(plan, office, today)
    sender = Sender(plan, office)
    _chase(sender, people, until)
    _press(sender, until)
    _chase_as_lead(sender, lead, until)
    _ask_for_time(plan, people, until)
    give_opinions(plan, lead)
    _leave_work(plan)


def _call_rounds(plan, office, today):
    """Call the round that is running, and the one of a quarter before, which is closed."""
    opens_on, closes_on = round_days(today)
    before = workday(opens_on - timedelta(days=75))
    if before > plan.issued_on + timedelta(days=7):
        ended = workday(before + timedelta(days=12))
        _call(plan, office, before, ended, closed_at=on_day(workday(ended + timedelta(days=3)), 17), closed_by=office)
    _call(plan, office, opens_on, closes_on)


def _call(plan, office, opens_on, closes_on, **closed):
    title = f"{opens_on.month}月进展"
    about = {
        "title": title,
        "text": texts.fill(texts.CALL_NOW, month=opens_on.month),
        "opens_on": opens_on,
        "closes_on": closes_on,
    }
    called = ReportingRound.objects.create(plan=plan, by=office, at=on_day(opens_on, 9), **about, **closed)
    with evening(opens_on):
        requested = list(plan.assignments.owed(opens_on).in_hand())
    RoundItem.objects.bulk_create(RoundItem(round=called, assignment=duty) for duty in requested)


def _chase(sender, people, until):
    """Remind of duties without a report, let some units answer in words, and chase what was not answered."""
    day = workday(until - timedelta(days=REMINDED), step=-1)
    with evening(day):
        silent = sender.plan.assignments.owed(day).in_hand().filter(reports=None).select_related("unit")
        duties = list(silent.order_by("task__number", "unit__order", "pk")[::3])[:MOST_CHASED]
    if not duties:
        return
    reminder = sender.send(duties, Grade.BLUE, day)
    answer_in_words(reminder, people)
    later = workday(until - timedelta(days=CHASED), step=-1)
    with evening(later):
        unanswered = [item.assignment for item in reminder.items.unanswered().select_related("assignment__unit")]
    if unanswered:
        sender.send(unanswered, Grade.YELLOW, later, repeats=reminder)


def _press(sender, until):
    """Press some of the duties that are late, each of a different unit."""
    late = sender.plan.assignments.filter(status__in=IN_HAND, due_on__lt=until - timedelta(days=PRESSED))
    one_a_unit = {duty.unit_id: duty for duty in late.select_related("unit").order_by("-task__number", "-pk")}
    duties = list(one_a_unit.values())[:MOST_PRESSED]
    if duties:
        sender.send(duties, Grade.RED, workday(until - timedelta(days=PRESSED), step=-1))


def _chase_as_lead(sender, lead, until):
    led = sender.plan.assignments.filter(unit=lead.unit, coordinates=True).values("task")
    duties = sender.plan.assignments.filter(task__in=led, role="responsible", status__in=IN_HAND)
    duties = list(duties.select_related("unit").order_by("unit__order", "pk")[:5])
    if duties:
        day = workday(until - timedelta(days=CHASED), step=-1)
        sender.send(duties, Grade.YELLOW, day, by=lead, from_unit=lead.unit)


def _ask_for_time(plan, people, until):
    """Let some units ask for more time yesterday, those whose deadline is next."""
    ahead = plan.assignments.filter(status__in=IN_HAND, due_on__gt=until).select_related("unit")
    one_a_unit = {}
    for duty in ahead.order_by("due_on", "-task__number", "pk"):
        one_a_unit.setdefault(duty.unit_id, duty)
    at = on_day(workday(until, step=-1), 10)
    Extension.objects.bulk_create(
        Extension(
            assignment=duty,
            old_due_on=duty.due_on,
            requested_due_on=workday(duty.due_on + timedelta(days=MORE_DAYS)),
            reason=texts.MORE_TIME,
            requested_by=people[duty.unit_id],
            requested_at=at,
        )
        for duty in list(one_a_unit.values())[:REQUESTS]
    )


def _leave_work(plan):
    """Leave drafts, a report that waits for the leader, and questions, as people leave them in the evening."""
    town = User.objects.get(username="zhongdu", is_demo=True)
    Unit.objects.filter(pk=town.unit_id).update(leader_approves=True)
    for username in ("zhongdu", "nanwang", "fagai"):
        _draft(plan, User.objects.get(username=username, is_demo=True))
    duty = _free(plan, town).last()
    if duty:
        words = {
            "text": texts.fill(texts.FOR_THE_LEADER),
            "obstacles": "",
            "next_steps": "",
            "claims_completion": False,
        }
        reports.submit(duty, by=town, version=0, attested_name=town.name, attested=True, **words)
        discussion.ask(duty.task, by=town, text=texts.fill(texts.QUESTION), key=uuid.uuid4())
        _answer_another(duty.task, town)


def _draft(plan, person):
    for duty in _free(plan, person)[:DRAFTS]:
        reports.save_draft(duty, by=person, version=0, text=texts.fill(texts.DRAFT))


def _free(plan, person):
    """Return the open duties of a person's unit on which no report is on its way."""
    on_its_way = plan.assignments.filter(reports__state__in=[ReportState.SUBMITTED, ReportState.DRAFT]).values("pk")
    own = plan.assignments.filter(unit=person.unit_id, status__in=IN_HAND, awaits_answer=False)
    return own.exclude(pk__in=on_its_way).select_related("task__plan", "unit").order_by("task__number", "pk")


def _answer_another(task, asker):
    """Let another unit's question be answered, and the answer be pinned for all."""
    office = User.objects.get(username="office", is_demo=True)
    holders = task.assignments.exclude(unit=asker.unit_id).values("unit")
    other = User.objects.filter(unit__in=holders, role=Role.LIAISON, is_demo=True).order_by("pk").first()
    if other:
        question = discussion.ask(task, by=other, text=texts.fill(texts.ASKED_BEFORE), key=uuid.uuid4())
        given = discussion.answer(question, by=office, text=texts.fill(texts.ANSWERED), key=uuid.uuid4())
        discussion.pin(given, by=office)
