"""Rows (任务) of a draft plan: adding, changing, moving, splitting, deleting, with the names in their cells."""

from django.db import transaction
from django.db.models import F

from departments.services.resolve import NameRegistry
from tasks.choices import DutyRole
from tasks.models import Designation, Section, Task
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core import history
from wenshang_disclosure.core.web.errors import Conflict, Refused

from .drafting import (
    HEADING_ORDER_OFFSET,
    IN_THE_ROW,
    UP,
    last_number,
    make_room,
    neighbour,
    open_draft,
    place_of,
    put_in_order,
    refuse_stale,
    renumber,
    seen_task,
    tidy_merges,
)
from .issuing import cells_of

WHAT = "该项任务"
NOT_MERGED = {"lead_from_cell_above": False, "responsible_from_cell_above": False}


@transaction.atomic
def add(plan, *, by, section, lead, responsible, **written):
    """Add a row at the end of a section, and return it. `lead` and `responsible` are lists of names.

    Raises `Refused` with every name that is not in the register.
    """
    plan = open_draft(plan.pk, by=by)
    section = _current_section(plan, section)
    task = Task.objects.create(plan=plan, section=section, number=last_number(plan) + 1, **_only_known(written))
    cells = {"lead": lead, "responsible": responsible, **NOT_MERGED}
    Designation.objects.bulk_create(cells_of(task, cells, _names_for(lead + responsible)))
    put_in_order(plan)
    task.refresh_from_db()
    _record_audit("新增任务", task, by)
    return task


@transaction.atomic
def change(task, *, by, version, section, lead, responsible, **written):
    """Change content, section and cells of a row, and return it.

    An entry that is kept keeps its picked units. In another section the row is placed last. Raises `Conflict` where the
    row differs from `version`, `Refused` for unknown names.
    """
    task, plan = _lock_row(task, by)
    refuse_stale(version, seen_task(task), WHAT)
    section = _current_section(plan, section)
    moves = section.pk != task.section_id
    for field, value in _only_known(written).items():
        setattr(task, field, value)
    if moves:
        task.section, task.number = section, last_number(plan) + 1
    task.save()
    names = _names_for(lead + responsible)
    for role, texts in ((DutyRole.LEAD, lead), (DutyRole.RESPONSIBLE, responsible)):
        write_cell(task, role, texts, names)
    if moves:
        renumber(plan)
    tidy_merges(plan)
    task.refresh_from_db()
    _record_audit("修改任务", task, by)
    return task


def _only_known(written):
    return {field: written[field] for field in IN_THE_ROW if field in written}


def _names_for(texts):
    names = NameRegistry()
    unknown = [text for text in texts if not names.knows(text)]
    if unknown:
        raise Refused(f"以下名称不在单位名录中：{'、'.join(unknown)}。")
    return names


def write_cell(task, role, texts, names):
    """Set the entries of one cell to the names; entries that are kept keep their picked units."""
    present = {entry.text: entry for entry in task.designated(role)}
    if list(present) == texts:
        return
    entries = task.designations.filter(role=role)
    entries.exclude(text__in=texts).delete()
    entries.update(order=F("order") + HEADING_ORDER_OFFSET, from_cell_above=False)
    kept, new = [], []
    for order, text in enumerate(texts, start=1):
        unit, collective = names.resolve(text)
        entry = present.get(text) or Designation(task=task, role=role, text=text, unit=unit, collective=collective)
        entry.order = order
        (kept if entry.pk else new).append(entry)
    Designation.objects.bulk_update(kept, ["order"])
    history.keep_absence(Designation.objects.bulk_create(new))


@transaction.atomic
def move(task, *, by, place, direction):
    """Move a row one place up or down; at the border of its section it moves into the next one, even an empty one.

    `place` is where the user saw it. Raises `Conflict` where it is elsewhere, `Refused` at the end of the plan.
    """
    task, plan = _lock_row(task, by)
    if place != place_of(task):
        raise Conflict(f"{WHAT}的位置刚被别人调整过，本次没有移动。请核对后再移动。")
    beside = list(Task.objects.filter(section=task.section_id).order_by("number"))
    if task == beside[0 if direction == UP else -1]:
        sections = list(Section.objects.filter(part__plan=plan).order_by("part__order", "order"))
        task.section = neighbour(sections, task.section, direction)
        task.number = last_number(plan) + 1 if direction == UP else 0
        task.save(update_fields=["section", "number"])
    else:
        _swap(task, neighbour(beside, task, direction))
    put_in_order(plan)
    task.refresh_from_db()
    _record_audit("移动任务", task, by)
    return task


def _swap(task, other):
    """Exchange the numbers of two rows; the unique constraint holds at each step."""
    task.number, other.number = other.number, task.number
    Task.objects.filter(pk=task.pk).update(number=0)
    other.save(update_fields=["number"])
    task.save(update_fields=["number"])


@transaction.atomic
def split(task, *, by, version, first, second):
    """Split a row in two: `first` remains in it, `second` becomes a new row below it, which is returned.

    Section, deadline and cells with their picked units are the same; on paper their cells are merged. The target count
    stays with the first.
    """
    task, plan = _lock_row(task, by)
    refuse_stale(version, seen_task(task), WHAT)
    make_room(task)
    below = Task(plan=plan, section=task.section, number=task.number + 1)
    for field in IN_THE_ROW:
        setattr(below, field, getattr(task, field))
    below.requirement, below.target_count = second, None
    below.save()
    task.requirement = first
    task.save(update_fields=["requirement"])
    _copy_cells(task, below)
    put_in_order(plan)
    below.refresh_from_db()
    _record_audit("拆分任务", task, by, new=below.pk)
    return below


def _copy_cells(source, target):
    copies, picked = [], []
    for entry in source.designations.all():
        copy = Designation(task=target, role=entry.role, order=entry.order, text=entry.text, from_cell_above=True)
        copy.unit_id, copy.collective_id = entry.unit_id, entry.collective_id
        copies.append(copy)
        picked.append([unit.pk for unit in entry.picked_units.all()])
    Designation.objects.bulk_create(copies)
    through = Designation.picked_units.through
    through.objects.bulk_create(
        through(designation_id=copy.pk, unit_id=unit)
        for copy, units in zip(copies, picked, strict=True)
        for unit in units
    )


@transaction.atomic
def delete(task, *, by, version):
    """Delete a row.

    Raises `Conflict` where it differs from `version`.
    """
    task, plan = _lock_row(task, by)
    refuse_stale(version, seen_task(task), WHAT)
    _record_audit("删除任务", task, by)
    task.delete()
    put_in_order(plan)


def _record_audit(act, task, by, **detail):
    record(Kind.CHANGE, act, by=by, on=task, detail={"plan": task.plan_id, **detail})


def _lock_row(task, by):
    """Lock the plan, then read the row again."""
    plan = open_draft(task.plan_id, by=by)
    current = Task.objects.filter(plan=plan, pk=task.pk).with_designations().first()
    if current is None:
        raise Conflict(f"{WHAT}已被别人删除，本次修改没有保存。")
    return current, plan


def _current_section(plan, section):
    current = Section.objects.filter(part__plan=plan, pk=section.pk).first()
    if current is None:
        raise Conflict("所选的工作任务已被别人删除，请另选一个。")
    return current
