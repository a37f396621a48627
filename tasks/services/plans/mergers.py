"""What a merged unit owes goes on to its successor, once, with its history (design: Rules of progress)."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import ProtectedError, Q

from departments.models import Unit
from tasks.choices import IN_HAND, Event, Status
from tasks.models import Assignment, Plan, Transition
from tasks.services.deadlines.changes import own_deadlines, sentences
from tasks.services.deadlines.undoing import deadline_without
from tasks.services.progress import transitions


@dataclass
class HandOver:
    """What became of the duties of one plan when a unit was merged, dissolved or restored.

    `successor` is the unit that it is, or was, merged into, `None` where it was dissolved. `moved` are the duties that
    have another unit now, `deadlines` the successor's own ones whose deadline changed, `under_review` those that the
    successor owes itself and that stay with the unit until they are reviewed. `settle` ends or reinstates the others.
    """

    plan: Plan
    unit: Unit
    successor: Unit | None
    reason: str
    moved: list[Assignment] = field(default_factory=list)
    deadlines: list[Assignment] = field(default_factory=list)
    under_review: list[Assignment] = field(default_factory=list)
    ended: list[Assignment] = field(default_factory=list)
    reinstated: list[Assignment] = field(default_factory=list)

    @property
    def is_empty(self):
        return not (self.moved or self.deadlines or self.under_review or self.ended or self.reinstated)

    def complete(self, settled):
        """Add what `settle` ended and reinstated of the unit."""
        self.ended = [duty for duty in settled.ended if duty.unit_id == self.unit.pk]
        self.reinstated = [duty for duty in settled.reinstated if duty.unit_id == self.unit.pk]

    def in_words(self, reader=None):
        """Return the sentence that says it to the people of the unit `reader`, or to anybody."""
        unit, successor = (
            "本单位" if each and each == reader else f"{each or ''}" for each in (self.unit, self.successor)
        )
        done = self._given_back(unit, successor) if self.unit.retired_on is None else self._handed_on(unit, successor)
        start = self.reason.replace(f"{self.unit}", unit) if reader == self.unit else self.reason
        parts = "；".join(words.format(number=len(duties)) for words, duties in done if duties)
        return f"{start}，《{self.plan.title}》：{parts}。"

    def _handed_on(self, unit, successor):
        goes_on = f"{{number}}件{successor}本来承担，由{successor}继续办理"
        if self.deadlines:
            goes_on += f"（其中{len(self.deadlines)}件沿用延期后的时限）"
        return (
            (f"{{number}}件承办事项移交{successor}，原有进展和时限不变", self.moved),
            (goes_on if successor else "{number}件承办事项不再承担", self.ended),
            (f"{{number}}件已申报办结，审核后仍以{unit}名义计入", self.under_review),
        )

    def _given_back(self, unit, successor):
        return (
            (f"{{number}}件承办事项交还{unit}，原有进展和时限不变", self.moved),
            (f"{{number}}件由{unit}继续承担", self.reinstated),
            (f"{successor}{{number}}件的时限改回并入以前的时限", self.deadlines),
        )


def hand_over(plan, unit, successor, *, by, reason):
    """Give the duties of a merged unit to its last successor, or those of a restored one back to it.

    `successor` is the unit that it is, or was, merged into; `reason` says in words what happened. Where the successor
    owes the row itself, its own duty stays: what is completed or under review goes on under the old unit's name, what
    is open ends, and its extended deadline holds for the successor until the merger is undone. The caller has locked
    the plan, and settles it afterwards. Returns the `HandOver`.
    """
    done = HandOver(plan, unit, successor.last_successor() if successor else None, reason)
    if unit.retired_on is None:
        done.moved = [_move(duty, unit, by, reason) for duty in _given(plan, unit) if _makes_way(unit, duty)]
        done.deadlines = _give_deadlines_back(plan, unit, by, reason)
        return done
    for duty in _of_merged(plan, unit):
        if _makes_way(done.successor, duty):
            done.moved.append(_move(duty, done.successor, by, reason))
        else:
            done.deadlines += _carry_over_deadline(duty, done.successor, by, reason)
            done.under_review += [duty] if duty.status == Status.UNDER_REVIEW else []
    return done


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


def _move(duty, unit, by, reason):
    """Give the duty to the unit; only a merger keeps where it came from, so that no later one gives it back again."""
    merged = duty.unit if duty.unit.successor_id else None
    duty.unit, duty.released_on = unit, unit.retired_on
    duty.save(update_fields=["unit", "released_on"])
    transitions.move(duty, Event.HANDED_OVER, by=by, reason=f"{reason}，由{unit}承担。", from_unit=merged)
    return duty


def _carry_over_deadline(duty, unit, by, reason):
    """Apply the extended deadline of an open duty that ends to the successor's own; return `[own]` where it changed."""
    extended_to = own_deadlines([duty], duty.task.closing_day).get(duty.pk)
    if extended_to is None or duty.status not in IN_HAND:
        return []
    own = Assignment.objects.lock(Assignment.objects.get(task=duty.task_id, unit=unit).pk)
    if own.status not in IN_HAND or own.due_on is None or own.due_on >= extended_to:
        return []
    words = f"{reason}，时限沿用延期后的{extended_to:%Y-%m-%d}"
    return [_set_deadline(own, extended_to, by, words, from_unit=duty.unit)]


def _give_deadlines_back(plan, unit, by, reason):
    """Take back the deadlines that the merger of a unit gave to the successor's own duties; return these.

    A deadline that was changed since, or was met, stays.
    """
    taken = Transition.objects.filter(assignment__plan=plan, event=Event.AMENDED, from_unit=unit)
    found = []
    for pk in sorted(set(taken.values_list("assignment", flat=True))):
        own = Assignment.objects.lock(pk)
        back = _without_merger(own)
        if back is not None and back != own.due_on:
            found.append(_set_deadline(own, back, by, f"{reason}，时限由{own.due_on:%Y-%m-%d}改回{back:%Y-%m-%d}"))
    return found


def _without_merger(own):
    """Return the deadline of an open duty without those of units that exist again, `None` where it is to stay."""
    taken = own.transitions.filter(event=Event.AMENDED, from_unit__isnull=False)
    taken = list(taken.select_related("from_unit").order_by("pk"))
    if own.status not in IN_HAND or own.due_on != taken[-1].due_on:
        return None
    before = deadline_without(own, taken[0])
    return before and max([before, *(step.due_on for step in taken if step.from_unit.successor_id)])


def _set_deadline(own, due_on, by, words, from_unit=None):
    own.due_on = due_on
    act = transitions.AUDITED_BY_CALLER
    transitions.move(own, Event.AMENDED, by=by, reason=sentences(words), act=act, from_unit=from_unit)
    return own
