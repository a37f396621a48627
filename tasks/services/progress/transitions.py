"""The table of steps, and the only writer of what a duty's last step left (design: Rules of progress)."""

from django.db.models import prefetch_related_objects
from django.utils import timezone

from tasks.choices import Event, Status
from tasks.models import Transition
from wenshang_disclosure.audit import trail
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.core.web.errors import Conflict, Refused

STEPS = {  # the picture of design: Rules of progress: what may happen where, and what it leads to
    Status.NOT_STARTED: {Event.SUBMITTED: Status.IN_PROGRESS},
    Status.IN_PROGRESS: {
        Event.SUBMITTED: Status.IN_PROGRESS,
        Event.WITHDRAWN: Status.IN_PROGRESS,
        Event.APPROVED: Status.IN_PROGRESS,
        Event.RETURNED: Status.IN_PROGRESS,
        Event.CLAIMED: Status.UNDER_REVIEW,
    },
    Status.UNDER_REVIEW: {
        Event.APPROVED: Status.COMPLETED,
        Event.RETURNED: Status.IN_PROGRESS,
        Event.WITHDRAWN: Status.IN_PROGRESS,
    },
    Status.COMPLETED: {Event.REVOKED: Status.IN_PROGRESS},
}
STATUS_KEPT_BY_PLAIN_REPORT = {Event.APPROVED, Event.RETURNED, Event.WITHDRAWN}
"""What happens to a plain report leaves the status where it is, also while a claim is under review or approved."""

STATUS_KEPT = {Event.AMENDED, Event.ACKNOWLEDGED, Event.PASSED_ON}
"""What is told of a duty in any status, and leaves it."""

STATUS_KEPT_UNTIL_DONE = {Event.EXTENDED, Event.SUSPENDED, Event.RESUMED}
"""The same, but not of a duty that is 办结."""

WHILE_SUSPENDED = {Event.RESUMED, Event.AMENDED}
"""What may happen to a duty that is taken out of the count (中止)."""

TOLD_ELSEWHERE = ""
"""Stands for an act where the step is part of one that the audit trail is told of by its caller."""


def step(assignment, event, *, by, at, report=None, reason=""):
    """Change `assignment` in memory and give the unsaved `Transition` that tells of it.

    `at` is a moment. Raises `Conflict` where design: Rules of progress has no such step from the present status,
    `Refused` where the duty is suspended.
    """
    before = Status(assignment.status)
    after = _after(before, event, report)
    if after is None:
        raise Conflict(f"该事项当前为“{before.label}”，不能{Event(event).label}。")
    _heed_suspension(assignment, event)
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
        suspended=assignment.suspended,
    )


def _after(before, event, report):
    """Return the status that the event leads to, `None` where it may not happen."""
    is_plain = report is not None and not report.claims_completion
    is_kept = event in STATUS_KEPT or (event in STATUS_KEPT_UNTIL_DONE and before != Status.COMPLETED)
    return before if is_kept or (is_plain and event in STATUS_KEPT_BY_PLAIN_REPORT) else STEPS[before].get(event)


def _heed_suspension(assignment, event):
    """Suspend or take up again; refuse whatever else is tried on a suspended duty."""
    if event == Event.RESUMED and not assignment.suspended:
        raise Conflict("该事项没有中止，不需要恢复。")
    if event == Event.SUSPENDED and assignment.suspended:
        raise Conflict("该事项已经中止。")
    if assignment.suspended and event not in WHILE_SUSPENDED:
        raise Refused(f"该事项已中止，恢复办理后才能{Event(event).label}。")
    if event in (Event.SUSPENDED, Event.RESUMED):
        assignment.suspended = event == Event.SUSPENDED


def move(assignment, event, *, by, report=None, reason="", awaits_answer=None, act=None):
    """Take one step and record it, under the caller's row lock: the only place that writes a duty's status.

    Saves the deadline as well, which an extension has changed before.

    `awaits_answer` tells whether a returned report stands unanswered after the step; `None` leaves it as it is. `act`
    is what the audit trail calls the step, the event's own words by default.
    """
    if awaits_answer is not None:
        assignment.awaits_answer = awaits_answer
    transition = step(assignment, event, by=by, at=timezone.now(), report=report, reason=reason)
    transition.save()
    assignment.save(update_fields=["status", "claimed_on", "awaits_answer", "suspended", "due_on"])
    _record_audit([transition], act)
    return transition


def record(assignments, event, *, by, reason="", act=None):
    """Tell the timelines of duties of something that leaves their status (调整、签收), with what now stands.

    Takes duties under the caller's lock, and `act` as `move` does; a fixed number of queries for any number of them.
    """
    at = timezone.now()
    steps = [step(duty, event, by=by, at=at, reason=reason) for duty in assignments]
    Transition.objects.bulk_create(steps, batch_size=500)
    _record_audit(steps, act)


def _record_audit(steps, act):
    """Put steps into the audit trail, in a fixed number of queries."""
    if act == TOLD_ELSEWHERE:
        return
    prefetch_related_objects([step.assignment for step in steps], "task", "unit")
    trail.record_all(
        [
            trail.entry(
                Kind.CHANGE,
                act or Event(step.event).label,
                by=step.by,
                on=step.assignment,
                detail={"status": step.to_status, "report": step.report_id, "due_on": step.due_on and f"{step.due_on}"},
            )
            for step in steps
        ]
    )
