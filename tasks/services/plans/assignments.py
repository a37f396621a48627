"""Derives duties from the cells of a plan, on issue and whenever cells or units change (design: The table)."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from departments.models import Unit
from tasks.choices import IN_HAND, DutyRole, Event, PlanState
from tasks.models import Assignment, Designation, Plan, Task
from tasks.services.progress import transitions
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import entry, record_all
from wenshang_disclosure.core import history
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.core.working_days import add_working_days

from . import mergers

LATE_START_WORKING_DAYS = 15
"""How long a unit has that begins to owe a row after its deadline (design: Rules of progress)."""


@dataclass
class Holder:
    """How a unit holds a duty: its role, whether it coordinates the row, the first day, and the day after the last."""

    role: DutyRole
    coordinates: bool
    since: date | None
    until: date | None


def duty_holders(task, units):
    """Return `{unit id: Holder}` for the designations of `task`; `units` are all units by id.

    A unit named twice has one duty, with the stronger role; it coordinates only where it leads by its own name. A unit
    that was merged is followed by its successor from the day of the merger.
    """
    holders = {}
    for designation in task.designations.all():
        for unit, merged_on in named_by(designation, units):
            since = merged_on or unit.established_on
            holder = holders.setdefault(unit.pk, Holder(DutyRole.RESPONSIBLE, False, since, unit.retired_on))
            holder.since = None if since is None or holder.since is None else min(since, holder.since)
            if designation.role == DutyRole.LEAD:
                holder.role = DutyRole.LEAD
                holder.coordinates = holder.coordinates or designation.unit_id is not None
    return holders


def named_by(designation, units):
    """Yield `(unit, since)` of every unit that an entry names; `since` is `None` or the day of a merger."""
    if designation.unit_id:
        yield from _with_successors(units[designation.unit_id], units)
        return
    for picked in designation.picked_units.all():
        yield from _with_successors(units[picked.pk], units)
    for unit in units.values():
        if unit.kind in designation.collective.kinds:
            yield from _with_successors(unit, units)


def _with_successors(unit, units):
    since, seen = None, set()
    while unit.pk not in seen:
        yield unit, since
        seen.add(unit.pk)
        if unit.successor_id is None:
            return
        since, unit = unit.retired_on, units[unit.successor_id]


@dataclass
class Settled:
    """The duties that settling a plan added, ended, and reinstated."""

    new: list[Assignment]
    ended: list[Assignment]
    reinstated: list[Assignment]


@transaction.atomic
def settle(plan, *, on, adding=True, notifying=False, issuing=False, catch_up_by=None, by=None, reason=""):
    """Update the duties of an issued plan from its cells and the dates of its units, and return what is `Settled`.

    A change of cells, of picked units or of a unit's kind takes effect on `on`; a unit that was founded or closed, on
    its own day. Open duties of units that are no longer named are released; completed ones (办结) still count, and what
    is under review goes on. A unit that begins after the row's deadline has `LATE_START_WORKING_DAYS`, other than on
    the day of issue (`issuing`); where the plan is used from a later day than its issue, all units have until
    `catch_up_by`. `adding=False` only releases duties; with `notifying`, the people of units with new
    duties are notified. Where a person did it (`by`), what ends or is reinstated says so on its timeline (`reason`).
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    on = max(on, plan.counts_from)
    units = {unit.pk: unit for unit in Unit.objects.all()}
    present = {(duty.task_id, duty.unit_id): duty for duty in plan.assignments.select_for_update()}
    released_before = {duty.pk: duty.released_on for duty in present.values()}
    new, changed = [], []
    for task in plan.tasks.standing().with_designations():
        for unit_id, holder in duty_holders(task, units).items():
            duty = present.pop((task.pk, unit_id), None)
            since = max(on, holder.since or on)
            if duty is not None:
                changed += _adjusted(duty, holder)
            elif adding and (holder.until is None or holder.until > since):
                due_on = task.closing_day if issuing and not plan.used_from else _due_on(task, since, catch_up_by)
                new.append(_duty(plan, task, units[unit_id], holder, since, due_on))
    released = [duty for duty in present.values() if duty.released_on is None and duty.status in IN_HAND]
    for duty in released:
        duty.released_on = on
    _add(new, issuing=issuing)
    changed += released
    Assignment.objects.bulk_update(changed, ["role", "coordinates", "released_on"], batch_size=500)
    done = _settled(new, changed, released_before)
    if by is not None:
        _record_steps(done, units, by, reason)
    if notifying:
        notifications.notify_of_added(plan, new)
    return done


def _settled(new, changed, released_before):
    ended = [duty for duty in changed if duty.released_on and released_before[duty.pk] is None]
    reinstated = [duty for duty in changed if duty.released_on is None and released_before[duty.pk]]
    return Settled(new, ended, reinstated)


def _record_steps(settled, units, by, reason):
    """Record on the timelines why duties end, and who goes on with them, or that they are owed again."""
    by_words = {}
    for duty in settled.ended:
        unit = units[duty.unit_id]
        then = f"由{unit.last_successor()}继续办理" if unit.successor_id else "不再承担"
        by_words.setdefault((Event.RELEASED, f"{reason}，本项任务{then}。"), []).append(duty)
    if settled.reinstated:
        by_words[Event.REINSTATED, f"{reason}，继续承担本项任务。"] = settled.reinstated
    for (event, words), duties in by_words.items():
        transitions.record(duties, event, by=by, reason=words, act=transitions.AUDITED_BY_CALLER)


def _add(duties, *, issuing):
    """Insert new duties; past evenings do not know of what an issued plan gets later."""
    Assignment.objects.bulk_create(duties, batch_size=500)
    if not issuing:
        history.keep_absence(duty for duty in duties if duty.owed_from < timezone.localdate())


def _adjusted(duty, holder):
    """Return `[duty]` where it has to change, else an empty list."""
    until = holder.until if duty.status in IN_HAND else duty.released_on
    if (duty.role, duty.coordinates, duty.released_on) == (holder.role, holder.coordinates, until):
        return []
    duty.role, duty.coordinates, duty.released_on = holder.role, holder.coordinates, until
    return [duty]


def release_unheld(duty, by):
    """Release a duty that is open again although its unit no longer holds it: it is retired, or no longer named."""
    if duty.released_on or duty.status not in IN_HAND:
        return
    task = Task.objects.with_designations().get(pk=duty.task_id)
    units = {unit.pk: unit for unit in Unit.objects.all()}
    holders = duty_holders(task, units)
    if not holders:  # cells that name nobody take nothing from a unit
        return
    holder = holders.get(duty.unit_id)
    duty.released_on = holder.until if holder else timezone.localdate()
    if duty.released_on:
        duty.save(update_fields=["released_on"])
        unit = units[duty.unit_id]
        reason = f"{unit}已{_closed(unit)}" if holder else f"本项任务已不由{unit}承担"
        _record_steps(Settled([], [duty], []), units, by, reason)


def _closed(unit):
    return f"并入{unit.last_successor()}" if unit.successor_id else "撤销"


def _due_on(task, since, catch_up_by=None):
    """Return the deadline of a unit that begins on `since`: the row's, or a later one where that is over."""
    if task.closing_day is None or task.closing_day >= since:
        return task.closing_day
    return catch_up_by or late_start(since)


def late_start(since):
    """Return the day until which a unit has that begins on `since` to owe a row after its deadline."""
    return add_working_days(since, LATE_START_WORKING_DAYS)


def _duty(plan, task, unit, holder, since, due_on):
    return Assignment(
        plan=plan,
        task=task,
        unit=unit,
        role=holder.role,
        coordinates=holder.coordinates,
        owed_from=since,
        released_on=holder.until,
        due_on=due_on,
        first_due_on=due_on,
    )


@transaction.atomic
def follow_units(sender, *, on, by=None, reason="", unit=None, successor=None, **kwargs):
    """Settle every issued plan after a unit was founded, closed or changed; plans of past years get no new duties.

    Where `unit` was retired or restored by a person (`by`), its duties are handed over before; `reason` says it in
    words. Returns the sentences that say what became of its duties, for whoever did it.
    """
    sentences = []
    for plan in Plan.objects.select_for_update().issued().order_by("pk"):
        done = None if unit is None else mergers.hand_over(plan, unit, successor, by=by, reason=reason)
        settled = settle(plan, on=on, adding=plan.year >= on.year, notifying=True, by=by, reason=reason)
        if done is not None:
            done.complete(settled)
            sentences += notifications.notify_of_hand_over(done)
    return sentences


def pick_units(designation, units, *, by, on):
    """Pick the units that an unresolved collective means on this row (待明确 → 明确).

    Raises `Refused` where the entry already names its units.
    """
    pick_for_rows([designation], units, by=by, on=on)


@transaction.atomic
def pick_for_rows(designations, units, *, by, on, adding=False, notifying=True):
    """Pick the units of several such entries of one plan; `adding` keeps those picked before.

    With `notifying`, the units are notified of their new duties; without it, the caller notifies them and records the
    audit entry. Raises `Refused` where an entry already names its units.
    """
    require(by, "tasks.manage_plan")
    entries = Designation.objects.filter(pk__in=[one.pk for one in designations])
    entries = list(entries.select_for_update(of=("self",)).select_related("task__plan", "collective").order_by("pk"))
    if any(one.task.plan.state == PlanState.WITHDRAWN for one in entries):
        raise Refused("该分解表已撤回印发，不能再明确单位。")
    fixed = [one.text for one in entries if one.collective is None or not one.collective.names_nobody]
    if fixed:
        raise Refused(f"“{fixed[0]}”已有固定所指，不需要逐项明确。")
    through = Designation.picked_units.through
    issued = [one for one in entries if one.task.plan.state == PlanState.ISSUED]
    if not adding:
        dropped = through.objects.filter(designation__in=entries).exclude(unit__in=units)
        history.keep(dropped.filter(designation__in=issued))
        dropped.delete()
    picked = set(through.objects.filter(designation__in=entries).values_list("designation", "unit"))
    picks = [(one.pk, unit.pk) for one in entries for unit in units if (one.pk, unit.pk) not in picked]
    new = through.objects.bulk_create(through(designation_id=entry, unit_id=unit) for entry, unit in picks)
    history.keep_absence(one for one in new if one.designation_id in {entry.pk for entry in issued})
    if notifying:
        named = {"units": sorted(unit.name for unit in units)}
        record_all([entry(Kind.CHANGE, "明确责任单位", by=by, on=one.task, detail=named) for one in entries])
    for plan in {one.task.plan for one in entries}:
        if plan.state == PlanState.ISSUED:
            why = f"重新明确“{entries[0].text}”所指的单位"
            settle(plan, on=on, notifying=notifying, by=by if notifying else None, reason=why)
