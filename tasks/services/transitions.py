"""The table of steps, and the only writer of what a duty's last step left (design §4)."""

from django.utils import timezone

from wenshang_disclosure.common.errors import Conflict

from ..choices import Event, Status
from ..models import Transition

STEPS = {  # the picture of design §4: what may happen where, and what it leads to
    Status.NOT_STARTED: {Event.SUBMITTED: Status.IN_PROGRESS, Event.AMENDED: Status.NOT_STARTED},
    Status.IN_PROGRESS: {
        Event.SUBMITTED: Status.IN_PROGRESS,
        Event.WITHDRAWN: Status.IN_PROGRESS,
        Event.APPROVED: Status.IN_PROGRESS,
        Event.RETURNED: Status.IN_PROGRESS,
        Event.CLAIMED: Status.UNDER_REVIEW,
        Event.AMENDED: Status.IN_PROGRESS,
    },
    Status.UNDER_REVIEW: {
        Event.APPROVED: Status.COMPLETED,
        Event.RETURNED: Status.IN_PROGRESS,
        Event.WITHDRAWN: Status.IN_PROGRESS,
        Event.AMENDED: Status.UNDER_REVIEW,
    },
    Status.COMPLETED: {Event.REVOKED: Status.IN_PROGRESS, Event.AMENDED: Status.COMPLETED},
}
PLAIN_REPORT_STAYS = {Event.APPROVED, Event.RETURNED, Event.WITHDRAWN}
"""What happens to a plain report leaves the status where it is, also while a claim is under review or approved."""


def step(assignment, event, *, by, at, report=None, reason=""):
    """Change `assignment` in memory and give the unsaved `Transition` that tells of it.

    `at` is a moment. Raises `Conflict` where design §4 has no such step from the present status.
    """
    before = Status(assignment.status)
    if report and not report.claims_completion and event in PLAIN_REPORT_STAYS:
        after = before
    else:
        after = STEPS[before].get(event)
    if after is None:
        raise Conflict(f"该事项当前为“{before.label}”，不能{Event(event).label}。")
    on = timezone.localdate(at)
    assignment.status = after
    if event == Event.CLAIMED:
        assignment.claimed_on = on
    elif after in (Status.NOT_STARTED, Status.IN_PROGRESS):
        assignment.claimed_on = None
    return Transition(
        assignment=assignment,
        event=event,
        from_status=before,
        to_status=after,
        at=at,
        on=on,
        by=by,
        report=report,
        reason=reason,
        claimed_on=assignment.claimed_on,
        awaits_answer=assignment.awaits_answer,
        due_on=assignment.due_on,
    )


def move(assignment, event, *, by, report=None, reason="", awaits_answer=None):
    """Take one step and record it, under the caller's row lock: the only place that writes a duty's status.

    `awaits_answer` tells whether a returned report stands unanswered after the step; `None` leaves it as it is.
    """
    if awaits_answer is not None:
        assignment.awaits_answer = awaits_answer
    transition = step(assignment, event, by=by, at=timezone.now(), report=report, reason=reason)
    transition.save()
    assignment.save(update_fields=["status", "claimed_on", "awaits_answer"])
    return transition


def record_amendment(assignments, *, by, reason):
    """Tell the timelines of duties that their row was amended: their status stays, the new deadline is kept.

    Takes duties under the caller's lock; a fixed number of queries for any number of them.
    """
    at = timezone.now()
    steps = [step(duty, Event.AMENDED, by=by, at=at, reason=reason) for duty in assignments]
    Transition.objects.bulk_create(steps, batch_size=500)
