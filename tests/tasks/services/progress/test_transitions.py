"""The table of steps, and the history that nobody can change (design: Rules of progress)."""

import contextlib
import datetime

import pytest
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError

from departments.choices import Role
from departments.models import User
from tasks.choices import Event, Status
from tasks.models import Assignment, ProgressReport, Transition
from tasks.services.progress import reviews, transitions
from tests.factories import AssignmentFactory, ReportFactory, UserFactory, claim, submit
from wenshang_disclosure.core.web.errors import Conflict, Refused

NOON = datetime.datetime(2024, 9, 30, 4, 0, tzinfo=datetime.UTC)

CHANGES_WHO_OWES = (Event.AMENDED, Event.REASSIGNED, Event.HANDED_OVER, Event.RELEASED, Event.REINSTATED)
LEADS_TO = {
    (Status.NOT_STARTED, Event.SUBMITTED): Status.IN_PROGRESS,
    (Status.IN_PROGRESS, Event.SUBMITTED): Status.IN_PROGRESS,
    (Status.IN_PROGRESS, Event.WITHDRAWN): Status.IN_PROGRESS,
    (Status.IN_PROGRESS, Event.APPROVED): Status.IN_PROGRESS,
    (Status.IN_PROGRESS, Event.RETURNED): Status.IN_PROGRESS,
    (Status.IN_PROGRESS, Event.CLAIMED): Status.UNDER_REVIEW,
    (Status.UNDER_REVIEW, Event.APPROVED): Status.COMPLETED,
    (Status.UNDER_REVIEW, Event.RETURNED): Status.IN_PROGRESS,
    (Status.UNDER_REVIEW, Event.WITHDRAWN): Status.IN_PROGRESS,
    (Status.COMPLETED, Event.REVOKED): Status.IN_PROGRESS,
    (Status.COMPLETED, Event.UNAPPROVED): Status.UNDER_REVIEW,
    (Status.IN_PROGRESS, Event.UNRETURNED): Status.UNDER_REVIEW,
    **{
        (status, event): status
        for status in Status
        for event in (*CHANGES_WHO_OWES, Event.ACKNOWLEDGED, Event.PASSED_ON, Event.UNISSUED)
    },
    **{
        (status, event): status
        for status in Status
        if status != Status.COMPLETED
        for event in (Event.EXTENDED, Event.UNEXTENDED, Event.UNREFUSED, Event.SUSPENDED, Event.RESUMED)
    },
}
EVERY_PAIR = [(status, event) for status in Status for event in Event]


def take(status, event, *, claims=True, at=NOON, **fields):
    duty = Assignment(pk=1, status=status, **fields)
    report = ProgressReport(pk=1, assignment=duty, claims_completion=claims)
    return duty, transitions.step(duty, event, by=User(pk=1), at=at, report=report)


@pytest.mark.parametrize(
    ("role", "unit"),
    [(Role.LIAISON, 3), (Role.LEADER, 3), (Role.OFFICE, None), (Role.REVIEWER, None)],
)
def test_a_step_keeps_the_unit_that_was_acted_for(role, unit):
    duty = Assignment(pk=1, status=Status.NOT_STARTED)

    step = transitions.step(duty, Event.SUBMITTED, by=User(pk=1, role=role, unit_id=3), at=NOON)

    assert step.by_unit_id == unit


@pytest.mark.parametrize(("status", "event"), LEADS_TO)
def test_each_step_of_the_table_is_taken(status, event):
    duty, transition = take(status, event, suspended=event == Event.RESUMED)

    assert duty.status == LEADS_TO[status, event]
    assert (transition.from_status, transition.to_status) == (status, duty.status)


@pytest.mark.parametrize(("status", "event"), [pair for pair in EVERY_PAIR if pair not in LEADS_TO])
def test_every_other_step_is_refused_and_names_what_stands(status, event):
    duty = Assignment(pk=1, status=status)

    with pytest.raises(Conflict) as refusal:
        transitions.step(duty, event, by=User(pk=1), at=NOON)

    assert str(refusal.value) == f"该事项当前为“{status.label}”，不能{event.label}。"
    assert duty.status == status


WHILE_SUSPENDED = {*CHANGES_WHO_OWES, Event.RESUMED, Event.UNISSUED}


@pytest.mark.parametrize("event", sorted(set(Event) - WHILE_SUSPENDED - {Event.SUSPENDED}))
def test_a_suspended_duty_takes_no_other_step(event):
    status = next(each for each in reversed(Status) if (each, event) in LEADS_TO)

    with pytest.raises(Refused) as refusal:
        take(status, event, suspended=True)

    assert str(refusal.value) == f"该事项已中止，恢复办理后才能{event.label}。"


@pytest.mark.parametrize(("event", "suspended"), [(Event.SUSPENDED, True), (Event.RESUMED, False)])
def test_a_duty_is_neither_suspended_nor_taken_up_twice(event, suspended):
    with pytest.raises(Conflict):
        take(Status.IN_PROGRESS, event, suspended=suspended)


@pytest.mark.parametrize(("event", "left"), [(Event.SUSPENDED, True), (Event.RESUMED, False)])
def test_suspending_is_kept_on_the_step(event, left):
    duty, transition = take(Status.IN_PROGRESS, event, suspended=not left)

    assert (duty.suspended, transition.suspended) == (left, left)


@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.UNDER_REVIEW, Status.COMPLETED])
@pytest.mark.parametrize("event", [Event.APPROVED, Event.RETURNED, Event.WITHDRAWN, Event.UNAPPROVED, Event.UNRETURNED])
def test_what_happens_to_a_plain_report_leaves_the_status(status, event):
    duty, transition = take(status, event, claims=False)

    assert duty.status == status
    assert (transition.from_status, transition.to_status) == (status, status)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime.datetime(2024, 12, 31, 15, 59, tzinfo=datetime.UTC), datetime.date(2024, 12, 31)),
        (datetime.datetime(2024, 12, 31, 16, 0, tzinfo=datetime.UTC), datetime.date(2025, 1, 1)),
    ],
)
def test_the_day_of_a_claim_is_the_day_in_shanghai(at, day):
    duty, transition = take(Status.IN_PROGRESS, Event.CLAIMED, at=at)

    assert (duty.claimed_on, transition.claimed_on, transition.on) == (day, day, day)


@pytest.mark.parametrize(
    ("status", "event", "kept"),
    [
        (Status.UNDER_REVIEW, Event.APPROVED, True),
        (Status.UNDER_REVIEW, Event.RETURNED, False),
        (Status.UNDER_REVIEW, Event.WITHDRAWN, False),
        (Status.COMPLETED, Event.REVOKED, False),
        (Status.COMPLETED, Event.UNAPPROVED, True),
    ],
)
def test_the_day_of_a_claim_is_kept_as_long_as_the_claim_stands(status, event, kept):
    claimed_on = datetime.date(2024, 9, 1)

    duty, transition = take(status, event, claimed_on=claimed_on)

    assert duty.claimed_on == transition.claimed_on == (claimed_on if kept else None)


@pytest.mark.django_db
def test_a_move_keeps_the_step_and_what_it_left():
    report = ReportFactory()
    duty, by = report.assignment, report.author

    transition = transitions.move(duty, Event.SUBMITTED, by=by, report=report, reason="说明", awaits_answer=True)

    duty.refresh_from_db()
    assert (duty.status, duty.claimed_on, duty.awaits_answer) == (Status.IN_PROGRESS, None, True)
    kept = Transition.objects.get()
    assert kept == transition
    assert (kept.by, kept.report, kept.reason, kept.awaits_answer) == (by, report, "说明", True)


@pytest.mark.django_db
def test_a_refused_move_leaves_no_trace():
    duty = AssignmentFactory()

    with pytest.raises(Conflict):
        transitions.move(duty, Event.APPROVED, by=UserFactory(role=Role.OFFICE))

    duty.refresh_from_db()
    assert (duty.status, duty.transitions.count()) == (Status.NOT_STARTED, 0)


@pytest.mark.django_db
def test_the_timeline_tells_every_step_newest_first():
    duty = AssignmentFactory()
    reviews.return_(claim(duty), by=UserFactory(role=Role.REVIEWER), comment="缺少发布链接。")

    told = list(duty.transitions.order_by("-pk").values_list("event", "from_status", "to_status", "reason"))

    assert told == [
        ("returned", "under_review", "in_progress", "缺少发布链接。"),
        ("claimed", "in_progress", "under_review", ""),
        ("submitted", "not_started", "in_progress", ""),
    ]


def change_and_save(step):
    step.reason = "改写"
    step.save()


def change_in_bulk(step):
    step.reason = "改写"
    Transition.objects.bulk_update([step], ["reason"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tamper",
    [
        change_and_save,
        change_in_bulk,
        lambda step: step.save(force_update=True),
        lambda step: step.delete(),
        lambda step: Transition.objects.update(reason="改写"),
        lambda step: Transition.objects.filter(pk=step.pk).delete(),
        lambda step: step.assignment.transitions.update(reason="改写"),
        lambda step: step.assignment.transitions.all().delete(),
        lambda step: step.report.transitions.all().delete(),
        lambda step: Transition.objects.update_or_create(pk=step.pk, defaults={"reason": "改写"}),
    ],
)
def test_history_is_append_only(tamper):
    step = submit(AssignmentFactory()).transitions.get()

    with pytest.raises(TypeError, match="append-only"), transaction.atomic():
        tamper(step)

    assert Transition.objects.get().reason == ""


@pytest.mark.django_db
def test_adding_to_history_in_bulk_cannot_overwrite_it():
    step = submit(AssignmentFactory()).transitions.get()
    step.reason = "改写"

    with contextlib.suppress(TypeError, DatabaseError), transaction.atomic():
        Transition.objects.bulk_create([step], update_conflicts=True, update_fields=["reason"], unique_fields=["pk"])

    assert Transition.objects.get().reason == ""


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["assignment", "report", "by"])
def test_what_history_tells_of_cannot_be_deleted(target):
    step = submit(AssignmentFactory()).transitions.get()

    with pytest.raises((ProtectedError, Refused)):  # a person is never deleted, whatever was done
        getattr(step, target).delete()

    assert Transition.objects.count() == 1
