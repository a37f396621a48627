"""Who owes what: from the cells of a plan to duties, and again whenever units come or go (design §3)."""

from django.db import transaction

from departments.models import Unit
from wenshang_disclosure.common.errors import Refused, require

from ..choices import DutyRole, PlanState, Status
from ..models import Assignment, Designation, Plan


def duty_holders(task, units):
    """Give `{unit: (role, coordinates)}` for the designations of `task` among the active `units`.

    A unit named twice has one duty with the stronger role; it coordinates only where it leads by its own name.
    """
    holders = {}
    for designation in task.designations.all():
        for unit in _named_by(designation, units):
            role, coordinates = holders.get(unit, (DutyRole.RESPONSIBLE, False))
            if designation.role == DutyRole.LEAD:
                role, coordinates = DutyRole.LEAD, coordinates or designation.unit_id is not None
            holders[unit] = (role, coordinates)
    return holders


def _named_by(designation, units):
    if designation.unit_id:
        return [unit for unit in units if unit.pk == designation.unit_id]
    picked = {unit.pk for unit in designation.picked_units.all()}
    kinds = designation.collective.kinds
    return [unit for unit in units if unit.kind in kinds or unit.pk in picked]


@transaction.atomic
def settle(plan, *, on):
    """Bring the duties of an issued plan in line with its cells and the units active on that day.

    New holders owe from `on`; open duties of who is no longer named are released on `on`; what is 办结 stays counted.
    Returns `(new, released)`, two numbers.
    """
    units = list(Unit.objects.active(on))
    present = {(duty.task_id, duty.unit_id): duty for duty in plan.assignments.select_for_update()}
    new, changed, released = [], [], []
    for task in plan.tasks.with_designations():
        for unit, (role, coordinates) in duty_holders(task, units).items():
            duty = present.pop((task.pk, unit.pk), None)
            if duty is None:
                new.append(_duty(plan, task, unit, role, coordinates, on))
            elif (duty.role, duty.coordinates, duty.released_on) != (role, coordinates, None):
                duty.role, duty.coordinates, duty.released_on = role, coordinates, None
                changed.append(duty)
    for duty in present.values():
        if duty.released_on is None and duty.status != Status.COMPLETED:
            duty.released_on = on
            released.append(duty)
    Assignment.objects.bulk_create(new, batch_size=500)
    Assignment.objects.bulk_update(changed + released, ["role", "coordinates", "released_on"], batch_size=500)
    return len(new), len(released)


def _duty(plan, task, unit, role, coordinates, on):
    return Assignment(
        plan=plan,
        task=task,
        unit=unit,
        role=role,
        coordinates=coordinates,
        owed_from=on,
        due_on=task.due_on,
        first_due_on=task.due_on,
    )


def follow_units(sender, *, by, on, **kwargs):
    """Settle the plans that are still running after a unit came, went or changed; past years stay as they are."""
    for plan in Plan.objects.issued().filter(year__gte=on.year):
        settle(plan, on=on)


@transaction.atomic
def pick_units(designation, units, *, by, on):
    """Name the units that a collective without a rule of its own means on this row (待明确 → 明确).

    Raises `Refused` where the entry already names its units.
    """
    require(by, "tasks.manage_plan")
    designation = Designation.objects.select_related("task__plan", "collective").get(pk=designation.pk)
    if designation.collective is None or not designation.collective.names_nobody:
        raise Refused(f"“{designation.text}”已有固定所指，不需要逐项明确。")
    designation.picked_units.set(units)
    plan = designation.task.plan
    if plan.state == PlanState.ISSUED:
        settle(plan, on=max(on, plan.issued_on))
