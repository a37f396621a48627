"""What a merged unit owes goes on to its successor, once, with its history (design: Rules of progress)."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from departments.models import Unit
from tasks.choices import IN_HAND, Event
from tasks.models import Assignment, Transition
from tasks.services.deadlines.changes import own_deadlines, sentences
from tasks.services.progress import transitions
from tasks.services.supervision import notifications


def hand_over(plan, *, by):
    """Give the duties of merged units to their successors, and those of restored ones back.

    Where the successor owes the row itself, its own duty stays: what is completed or under review goes on under the
    old unit's name, what is open ends, and its extended deadline holds for the successor. The caller has locked the
    plan, and settles it afterwards.
    """
    moved = []
    for duty, unit in [*_merged(plan), *_restored(plan)]:
        if _takes_over(unit, duty):
            moved.append(_move(duty, unit, by))
        else:
            _carry_over_deadline(duty, unit, by)
    notifications.notify_of_handed_over(plan, moved)


def _merged(plan):
    """Return `[(duty, successor)]` of the duties that merged units had when they were merged."""
    today = timezone.localdate()
    duties = plan.assignments.select_for_update(of=("self",)).select_related("task", "unit__successor").order_by("pk")
    gone = duties.filter(unit__successor__isnull=False, unit__retired_on__lte=today)
    kept = [duty for duty in gone if duty.released_on is None or duty.released_on >= duty.unit.retired_on]
    successors = {unit.pk: unit.last_successor() for unit in {duty.unit for duty in kept}}
    return [(duty, successors[duty.unit_id]) for duty in kept]


def _restored(plan):
    """Return `[(duty, unit)]` of the duties that were handed over by units that exist again."""
    steps = Transition.objects.filter(assignment__plan=plan, event=Event.HANDED_OVER, from_unit__successor__isnull=True)
    steps = steps.order_by("pk").values_list("assignment", "from_unit")
    units = {unit.pk: unit for unit in Unit.objects.active()}
    back = {duty: units[unit] for duty, unit in steps if unit in units}
    duties = plan.assignments.select_for_update(of=("self",)).filter(pk__in=back).select_related("task", "unit")
    return [(duty, back[duty.pk]) for duty in duties.order_by("pk") if duty.unit_id != back[duty.pk].pk]


def _takes_over(unit, duty):
    """Return whether the unit can take the duty over: it does not owe the row, or has not begun on it and was founded
    meanwhile, so that its own duty gives way.
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
