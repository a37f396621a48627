"""Parts (部分) and sections (工作任务) of a draft plan: adding, renaming, moving, deleting."""

from django.db import transaction
from django.db.models import Max

from tasks.choices import PartKind
from tasks.models import Part, Section
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused

from .drafting import UP, neighbour, open_draft, put_in_order, refuse_stale, seen_part, seen_section


@transaction.atomic
def add_part(plan, *, by, heading, kind=PartKind.TABLE):
    """Add a part at the end of a draft, and return it."""
    plan = open_draft(plan.pk, by=by)
    part = Part.objects.create(plan=plan, order=_after(plan.parts.all()), heading=heading, kind=kind)
    put_in_order(plan)
    _record_audit("新增部分", part, plan, by)
    return part


@transaction.atomic
def add_section(part, *, by, heading):
    """Add a section at the end of a part, and return it."""
    plan = open_draft(part.plan_id, by=by)
    part = _current(Part.objects.filter(plan=plan), part, "该部分")
    sections = Section.objects.filter(part__plan=plan)
    section = Section.objects.create(part=part, order=_after(sections), heading=heading)
    put_in_order(plan)
    section.refresh_from_db()
    _record_audit("新增工作任务", section, plan, by)
    return section


def _after(records):
    return (records.aggregate(last=Max("order"))["last"] or 0) + 1


@transaction.atomic
def rename_part(part, *, by, version, heading, kind):
    """Change heading and kind of a part, and return it."""
    part, plan = _lock_part(part, by, version)
    part.heading, part.kind = heading, kind
    part.save(update_fields=["heading", "kind"])
    _record_audit("修改部分", part, plan, by)
    return part


@transaction.atomic
def rename_section(section, *, by, version, heading):
    """Change the heading of a section, and return it."""
    section, plan = _lock_section(section, by, version)
    section.heading = heading
    section.save(update_fields=["heading"])
    _record_audit("修改工作任务", section, plan, by)
    return section


@transaction.atomic
def move_part(part, *, by, version, direction):
    """Exchange a part and its rows with the one before or after it.

    Raises `Refused` where there is none.
    """
    part, plan = _lock_part(part, by, version)
    _swap(part, neighbour(list(plan.parts.order_by("order")), part, direction))
    put_in_order(plan)
    _record_audit("移动部分", part, plan, by)


@transaction.atomic
def move_section(section, *, by, version, direction):
    """Move a section and its rows one place up or down; at the border of its part it moves into the next part.

    Raises `Refused` where there is no place to go.
    """
    section, plan = _lock_section(section, by, version)
    beside = list(section.part.sections.order_by("order"))
    if section == beside[0 if direction == UP else -1]:
        _change_part(section, plan, direction)
    else:
        _swap(section, neighbour(beside, section, direction))
    put_in_order(plan)
    _record_audit("移动工作任务", section, plan, by)


def _change_part(section, plan, direction):
    section.part = neighbour(list(plan.parts.order_by("order")), section.part, direction)
    section.order = _after(Section.objects.filter(part__plan=plan)) if direction == UP else 0
    section.save(update_fields=["part", "order"])


def _swap(one, other):
    """Exchange the order of two headings; the unique constraint holds at each step."""
    one.order, other.order = other.order, one.order
    type(one).objects.filter(pk=one.pk).update(order=0)
    other.save(update_fields=["order"])
    one.save(update_fields=["order"])


@transaction.atomic
def delete_part(part, *, by, version, rows=0, with_rows=False):
    """Delete a part with its sections, and with its `rows` (the number that the user saw) where `with_rows`.

    Raises `Refused` where there are rows without `with_rows`, `Conflict` where their number differs from `rows`.
    """
    part, plan = _lock_part(part, by, version)
    _refuse_rows(plan.tasks.filter(section__part=part), rows, with_rows)
    _record_audit("删除部分", part, plan, by, rows=rows)
    part.delete()
    put_in_order(plan)


@transaction.atomic
def delete_section(section, *, by, version, rows=0, with_rows=False):
    """Delete a section, with its `rows` (the number that the user saw) where `with_rows`.

    Raises `Refused` where there are rows without `with_rows`, `Conflict` where their number differs from `rows`.
    """
    section, plan = _lock_section(section, by, version)
    _refuse_rows(section.tasks.all(), rows, with_rows)
    _record_audit("删除工作任务", section, plan, by, rows=rows)
    section.delete()
    put_in_order(plan)


def _refuse_rows(tasks, seen, with_rows):
    count = tasks.count()
    if count != seen:
        raise Conflict(f"其下现在有{count}项任务，与您看到的不同，没有删除。请核对后再删除。")
    if count and not with_rows:
        raise Refused(f"其下还有{count}项任务。请先移走，或者勾选“连同其下任务一并删除”。")


def _record_audit(act, heading, plan, by, **detail):
    record(Kind.CHANGE, act, by=by, on=heading, detail={"plan": plan.pk, **detail})


def _lock_part(part, by, version):
    plan = open_draft(part.plan_id, by=by)
    part = _current(Part.objects.filter(plan=plan), part, "该部分")
    refuse_stale(version, seen_part(part), "该部分")
    return part, plan


def _lock_section(section, by, version):
    plan = open_draft(section.part.plan_id, by=by)
    section = _current(Section.objects.filter(part__plan=plan).select_related("part"), section, "该工作任务")
    refuse_stale(version, seen_section(section), "该工作任务")
    return section, plan


def _current(records, record, what):
    """Read the record again after the plan was locked."""
    current = records.filter(pk=record.pk).first()
    if current is None:
        raise Conflict(f"{what}已被别人删除，本次修改没有保存。")
    return current
