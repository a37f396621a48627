"""What a merged unit owes goes on to its successor, once, with its history (design: Rules of progress)."""

from django.db import transaction
from django.db.models import ProtectedError, Q

from tasks.choices import IN_HAND, Event
from tasks.models import Assignment, Transition
from tasks.services.deadlines.changes import own_deadlines, sentences
from tasks.services.progress import transitions
from tasks.services.supervision import notifications


def hand_over(plan, unit, *, by):
    """Give the duties of a unit that was merged to its successor, or of one that exists again back to it.

    Where the successor owes the row itself, its own duty stays: what is completed or under review goes on under the
    old unit's name, what is open ends, and its extended deadline holds for the successor. The caller has locked the
    plan, and settles it afterwards.
    """
    duties, holder = (_of_merged(plan, unit), unit.last_successor()) if unit.retired_on else (_given(plan, unit), unit)
    moved = []
    for duty in duties:
        if _makes_way(holder, duty):
            moved.append(_move(duty, holder, by))
        else:
            _carry_over_deadline(duty, holder, by)
    notifications.notify_of_handed_over(plan, moved)


def _of_merged(plan, unit):
    """Return the duties that a unit had when it was merged, none where it was not."""
    if unit.successor_id is None:
        return []
    held = Q(released_on__isnull=True) | Q(released_on__gte=unit.retired_on)
    return _locked(plan).filter(held, unit=unit)


def _given(plan, unit):
    """Return the duties that a unit handed over when it was merged and that it does not have."""
    steps = Transition.objects.filter(assignment__plan=plan, event=Event.HANDED_OVER, from_unit=unit)
    return _locked(plan).filter(pk__in=steps.values("assignment")).exclude(unit=unit)


def _locked(plan):
    return plan.assignments.select_for_update(of=("self",)).select_related("task", "unit").order_by("pk")


def _makes_way(unit, duty):
    """Return whether the unit can take the duty over: it does not owe the row itself.

    A duty of its own on which it has not begun, and that is younger, as that of a unit founded for the merger, is
    deleted for it.
    """
    own = Assignment.objects.filter(task=duty.task_id, unit=unit).first()
    if own is None:
        return True
    if own.owed_from <= duty.owed_from or own.transitions.exists():
        return False
    try:
        with transaction.atomic():
            own.delete()
    except ProtectedError:
        return False
    return True


def _move(duty, unit, by):
    old, duty.unit = duty.unit, unit
    duty.released_on = unit.retired_on
    duty.save(update_fields=["unit", "released_on"])
    words = f"{old}并入{unit}" if old.successor_id else f"恢复{unit}"
    transitions.hand_over(duty, old, by=by, reason=f"{words}，由{unit}承担。")
    return duty


def _carry_over_deadline(duty, unit, by):
    """Apply the extended deadline of an open duty that ends to the successor's own."""
    extended_to = own_deadlines([duty], duty.task.closing_day).get(duty.pk)
    if extended_to is None or duty.status not in IN_HAND:
        return
    own = Assignment.objects.lock(Assignment.objects.get(task=duty.task_id, unit=unit).pk)
    if own.status in IN_HAND and own.due_on and own.due_on < extended_to:
        own.due_on = extended_to
        words = sentences(f"{duty.unit}并入{unit}，时限沿用延期后的{extended_to:%Y-%m-%d}")
        transitions.move(own, Event.AMENDED, by=by, reason=words, act=transitions.AUDITED_BY_CALLER)
