"""The table of steps, and the only code that writes a duty's status (design: Rules of progress)."""

from django.db.models import prefetch_related_objects
from django.utils import timezone

from tasks.choices import Event, Status
from tasks.models import Transition
from wenshang_disclosure.audit import contents, trail
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.core.web.errors import Conflict, Refused

STEPS = {  # status → event → next status, after the diagram in design: Rules of progress
    Status.NOT_STARTED: {Event.SUBMITTED: Status.IN_PROGRESS},
    Status.IN_PROGRESS: {
        Event.SUBMITTED: Status.IN_PROGRESS,
        Event.WITHDRAWN: Status.IN_PROGRESS,
        Event.APPROVED: Status.IN_PROGRESS,
        Event.RETURNED: Status.IN_PROGRESS,
        Event.CLAIMED: Status.UNDER_REVIEW,
        Event.UNRETURNED: Status.UNDER_REVIEW,
    },
    Status.UNDER_REVIEW: {
        Event.APPROVED: Status.COMPLETED,
        Event.RETURNED: Status.IN_PROGRESS,
        Event.WITHDRAWN: Status.IN_PROGRESS,
    },
    Status.COMPLETED: {Event.REVOKED: Status.IN_PROGRESS, Event.UNAPPROVED: Status.UNDER_REVIEW},
}
STATUS_KEPT_BY_PLAIN_REPORT = {
    Event.APPROVED,
    Event.RETURNED,
    Event.WITHDRAWN,
    Event.UNAPPROVED,
    Event.UNRETURNED,
}
"""Events of a report without claim: they keep the status, also while a claim is under review or approved."""

CHANGES_WHO_OWES = {Event.AMENDED, Event.REASSIGNED, Event.HANDED_OVER, Event.RELEASED, Event.REINSTATED}
"""Events of the table and of the register of units; they happen to a duty whatever is being done on it."""

STATUS_KEPT = {*CHANGES_WHO_OWES, Event.ACKNOWLEDGED, Event.PASSED_ON, Event.UNISSUED}
"""Events that are possible in any status and keep it."""

STATUS_KEPT_UNTIL_DONE = {Event.EXTENDED, Event.UNEXTENDED, Event.UNREFUSED, Event.SUSPENDED, Event.RESUMED}
"""The same, except for completed duties (办结)."""

WHILE_SUSPENDED = {*CHANGES_WHO_OWES, Event.RESUMED, Event.UNISSUED}
"""Events that are possible while a duty is suspended (中止)."""

SUBMISSIONS = {Event.SUBMITTED, Event.CLAIMED}
"""Events whose audit entry keeps the digest of the report."""

AUDITED_BY_CALLER = ""
"""Value of `act` where the caller records the audit entry."""


def step(assignment, event, *, by, at, report=None, reason="", claimed_on=None):
    """Apply an event to `assignment` in memory and return the unsaved `Transition`.

    `at` is a datetime, `claimed_on` the day of a claim that is under review again (撤回退回) or
    was made on paper before (补录). Raises `Conflict` where
    the event is not possible in the current status (design: Rules of progress), `Refused` where the duty is suspended.
    """
    before = Status(assignment.status)
    after = _after(before, event, report)
    if after is None:
        raise Conflict(f"该事项当前为“{before.label}”，不能{Event(event).label}。")
    _apply_suspension(assignment, event)
    on = timezone.localdate(at)
    assignment.status = after
    if after in (Status.NOT_STARTED, Status.IN_PROGRESS):
        assignment.claimed_on = None
    elif event == Event.CLAIMED:
        assignment.claimed_on = claimed_on or on
    elif claimed_on is not None:
        assignment.claimed_on = claimed_on
    return Transition(
        assignment=assignment,
        event=event,
        from_status=before,
        to_status=after,
        at=at,
        on=on,
        by=by,
        by_unit_id=by.acting_unit_id,
        report=report,
        reason=reason,
        claimed_on=assignment.claimed_on,
        awaits_answer=assignment.awaits_answer,
        due_on=assignment.due_on,
        suspended=assignment.suspended,
    )


def _after(before, event, report):
    """Return the status after the event, `None` where the event is not possible."""
    is_plain = report is not None and not report.claims_completion
    is_kept = event in STATUS_KEPT or (event in STATUS_KEPT_UNTIL_DONE and before != Status.COMPLETED)
    return before if is_kept or (is_plain and event in STATUS_KEPT_BY_PLAIN_REPORT) else STEPS[before].get(event)


def _apply_suspension(assignment, event):
    """Set or clear the suspension in memory. Raises `Refused` for other events of a suspended duty."""
    if event == Event.RESUMED and not assignment.suspended:
        raise Conflict("该事项没有中止，不需要恢复。")
    if event == Event.SUSPENDED and assignment.suspended:
        raise Conflict("该事项已经中止。")
    if assignment.suspended and event not in WHILE_SUSPENDED:
        raise Refused(f"该事项已中止，恢复办理后才能{Event(event).label}。")
    if event in (Event.SUSPENDED, Event.RESUMED):
        assignment.suspended = event == Event.SUSPENDED


def move(
    assignment,
    event,
    *,
    by,
    report=None,
    reason="",
    awaits_answer=None,
    claimed_on=None,
    from_unit=None,
    act=None,
    detail=None,
):
    """Take one step, save the duty and the `Transition`, and return the latter; needs the caller's row lock.

    The deadline, which an extension has changed before, is saved too. `awaits_answer` says whether a returned report
    is unanswered after the step; `None` keeps the value. `claimed_on` is that of `step`, `from_unit` the merged unit
    that the duty or its deadline came from. `act` is the name of the step in the audit trail, by default the label of
    the event; `detail` is added to what its entry has.
    """
    if awaits_answer is not None:
        assignment.awaits_answer = awaits_answer
    at = timezone.now()
    transition = step(assignment, event, by=by, at=at, report=report, reason=reason, claimed_on=claimed_on)
    transition.from_unit = from_unit
    transition.save()
    assignment.save(update_fields=["status", "claimed_on", "awaits_answer", "suspended", "due_on"])
    _record_audit([transition], act, detail)
    return transition


def record(assignments, event, *, by, reason="", act=None):
    """Record an event that keeps the status of the duties (调整、签收) on their timelines, with their current values.

    The duties are locked by the caller; `act` is that of `move`. Uses a fixed number of queries.
    """
    at = timezone.now()
    steps = [step(duty, event, by=by, at=at, reason=reason) for duty in assignments]
    Transition.objects.bulk_create(steps, batch_size=500)
    _record_audit(steps, act)


def _record_audit(steps, act, detail=None):
    """Write the audit entries of steps, in a fixed number of queries."""
    if act == AUDITED_BY_CALLER:
        return
    prefetch_related_objects([step.assignment for step in steps], "task", "unit")
    trail.record_all(
        [
            trail.entry(
                Kind.CHANGE,
                act or Event(step.event).label,
                by=step.by,
                on=step.assignment,
                detail={
                    "status": step.to_status,
                    "report": step.report_id,
                    "due_on": step.due_on and f"{step.due_on}",
                    **(detail or {}),
                    **(contents.detail_of("report", step.report_id) if step.event in SUBMISSIONS else {}),
                },
            )
            for step in steps
        ]
    )
