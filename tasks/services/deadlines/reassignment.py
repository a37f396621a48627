"""Reassignment of a duty to another unit by the office (改派), by changing the designation of the row."""

from django.db import transaction
from django.utils import timezone

from departments.models import Unit
from tasks.choices import DutyRole, Event, Status
from tasks.models import Assignment, Plan, Task
from tasks.services.plans import amendments
from tasks.services.plans.assignments import named_by, pick_for_rows
from tasks.services.plans.drafting import seen_task
from tasks.services.progress import transitions
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import changes


@transaction.atomic
def reassign(duty, unit, *, by, reason):
    """Reassign a duty to `unit` from today on, and return the new duty of that unit.

    Where the row names the old unit, the row is amended; where the unit was picked for 有关部门, the pick is replaced.
    An extended deadline is carried over. Raises `Refused` where the unit is only covered by a collective
    (各乡镇（街道）…), where the duty is completed, under review or suspended, or where `unit` cannot take it;
    `Conflict` where the duty is released.
    """
    plan = Plan.objects.select_for_update().get(pk=duty.plan_id)  # before the duty, as amendments do
    duty = Assignment.objects.lock(duty.pk)
    require(by, "tasks.reassign", duty)
    _guard(duty, unit, reason)
    units = {each.pk: each for each in Unit.objects.all()}
    task = Task.objects.with_designations().get(pk=duty.task_id)
    named, picked = _entries(task, duty.unit, units)
    if named:
        _amend(task, named, duty.unit, unit, by, reason)
    for entry in picked:
        _replace_pick(entry, duty.unit, unit, units, by)
    new = Assignment.objects.lock(plan.assignments.get(task=task, unit=unit).pk)
    if picked:
        _notify_units(duty, new, by, reason)
    record(Kind.CHANGE, "改派", by=by, on=duty, detail={"from": duty.unit.name, "to": unit.name, "new": new.pk})
    return _carry_over_deadline(duty, new, by)


def _guard(duty, unit, reason):
    if not reason.strip():
        raise Refused("请填写改派的原因。")
    if duty.status == Status.COMPLETED:
        raise Refused("该事项已办结，不能改派。")
    if duty.status == Status.UNDER_REVIEW:
        raise Refused("该事项已申报办结，正在审核；审核后再改派。")
    if duty.is_released:
        raise Conflict("该事项已解除，不能改派。")
    if duty.suspended:
        raise Refused("该事项已中止，恢复办理后才能改派。")
    if unit.pk == duty.unit_id:
        raise Refused(f"该事项本来就由{unit}承办。")
    if not unit.is_active:
        raise Refused(f"{unit}已撤销或尚未设立，不能承办。")


def _entries(task, unit, units):
    """Return the designations that give the unit its duty, `(by name, picked for a collective)`.

    Raises `Refused` where none can be changed for this unit alone.
    """
    entries = [
        entry for entry in task.designations.all() if any(each.pk == unit.pk for each, _ in named_by(entry, units))
    ]
    named = [entry for entry in entries if entry.unit_id]
    picked = [entry for entry in entries if entry.collective_id and entry.collective.names_nobody]
    if not named and not picked:
        rule = entries[0].text if entries else "单位统称"
        raise Refused(f"{unit}因“{rule}”承担该事项，不能单独改派；请调整第{task.number}项任务本身。")
    return named, picked


def _amend(task, entries, old, new, by, reason):
    """Replace the name of the old unit in the row, or remove it from a cell that has the new one already."""
    replaced = {entry.pk for entry in entries}
    cells = {}
    for role in DutyRole:
        cell = task.designated(role)
        has_new = any(entry.unit_id == new.pk for entry in cell)
        texts = [new.name if entry.pk in replaced else entry.text for entry in cell]
        if has_new:
            texts = [entry.text for entry in cell if entry.pk not in replaced]
        cells[role.value] = list(dict.fromkeys(texts))
    reassigned = {each.pk for each in (old, new)}
    amendments.change_row(task, by=by, version=seen_task(task), reason=reason, reassigned=reassigned, **cells)


def _replace_pick(entry, old, new, units, by):
    """Replace the old unit, or a unit that was merged into it, among the picked units."""
    kept = [each for each in entry.picked_units.all() if not _leads_to(units[each.pk], old, units)]
    picked = list({each.pk: each for each in [*kept, new]}.values())
    pick_for_rows([entry], picked, by=by, on=timezone.localdate(), notifying=False)


def _leads_to(unit, old, units):
    """Return whether `unit` is `old`, or was merged into it directly or through others."""
    seen = set()
    while unit.pk not in seen:
        if unit.pk == old.pk:
            return True
        seen.add(unit.pk)
        unit = units.get(unit.successor_id, unit)
    return False


def _notify_units(old, new, by, reason):
    """Record and notify a changed pick; an amendment does both itself."""
    words = changes.sentences(f"由{old.unit}改派{new.unit}", f"原因：{reason}")
    duties = [Assignment.objects.lock(old.pk), new]
    transitions.record(duties, Event.REASSIGNED, by=by, reason=words, act=transitions.AUDITED_BY_CALLER)
    line = f"《{new.plan.title}》第{new.task.number}项任务{words}"
    notifications.notify_of_duties(duties, lambda duty: line)


def _carry_over_deadline(old, new, by):
    """Apply the extended deadline of the old duty to the new one."""
    if old.due_on is None or new.due_on is None or old.due_on <= new.due_on or new.status == Status.COMPLETED:
        return new
    new.due_on = old.due_on
    words = f"由{old.unit}改派，时限沿用延期后的{old.due_on:%Y-%m-%d}。"
    transitions.move(new, Event.AMENDED, by=by, reason=words, act=transitions.AUDITED_BY_CALLER)
    return new
