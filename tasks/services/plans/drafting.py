"""What every change of a draft plan rests on: its lock, the mark of what was seen, numbers and merged cells."""

import hashlib
import json
from itertools import pairwise

from django.db.models import F, Max

from tasks.choices import DutyRole, PlanState
from tasks.models import Designation, Part, Plan, Section, Task
from tasks.models.plans.merges import goes_on
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

UP, DOWN = "up", "down"
FAR_TASK = 1_000_000  # no row and no heading has a number beyond these: room to move aside while others take places
FAR_HEADING = 16_000
IN_THE_ROW = ("requirement", "deadline_as_written", "due_on", "recurrence", "recurrence_day", "target_count")
IN_THE_PLAN = ("year", "title", "document_number", "issuer", "issued_on", "warning_days")


def open_draft(plan_id, *, by):
    """Lock the plan and give it, for a change by `by`.

    Raises `Conflict` where it was issued or deleted meanwhile.
    """
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    require(by, "tasks.manage_plan")
    if plan is None:
        raise Conflict("该分解表已被删除，本次修改没有保存。")
    if plan.state != PlanState.DRAFT:
        raise Conflict("该分解表已经印发，本次修改没有保存；印发后的改动请逐项调整。")
    return plan


def seen_plan(plan):
    """Return the mark of what the plan says about itself."""
    about = [getattr(plan, field) for field in IN_THE_PLAN]
    return _mark(about, list(plan.basis.values_list("title", "number")))


def seen_part(part):
    """Return the mark of a part as it stands."""
    return _mark(part.order, part.heading, part.kind)


def seen_section(section):
    """Return the mark of a section as it stands."""
    return _mark(section.part_id, section.order, section.heading)


def seen_task(task):
    """Return the mark of a row's content. Reads `designations`, prefetched on lists."""
    cells = [[entry.text for entry in task.designated(role)] for role in DutyRole]
    return _mark(task.section_id, [getattr(task, field) for field in IN_THE_ROW], cells)


def place_of(task):
    """Return the mark of where a row stands."""
    return f"{task.section_id}-{task.number}"


def _mark(*what):
    text = json.dumps(what, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def refuse_stale(version, stands, what):
    """Raise `Conflict` where `what` is no longer as the person saw it."""
    if version != stands:
        raise Conflict(f"{what}刚被别人改过，本次没有保存。下面仍是您的内容；要以此为准，请核对后再提交一次。")


def last_number(plan):
    """Return the highest number of a row, 0 where there is none."""
    return plan.tasks.aggregate(last=Max("number"))["last"] or 0


def neighbour(records, record, direction):
    """Return the record before or after `record` in the list.

    Raises `Refused` at the end of the list.
    """
    index = records.index(record) + (-1 if direction == UP else 1)
    if not 0 <= index < len(records):
        raise Refused("已经是第一个，不能再上移。" if direction == UP else "已经是最后一个，不能再下移。")
    return records[index]


def put_in_order(plan):
    """Bring numbers and merged cells in order after a change of the plan's structure."""
    renumber(plan)
    tidy_merges(plan)


def renumber(plan):
    """Number parts, sections through the whole plan, and rows through the whole plan, 1 to n in their order.

    Headings keep their own text. The queries do not grow with the number of rows.
    """
    _renumber_headings(Part.objects.filter(plan=plan).order_by("order", "pk"))
    _renumber_headings(Section.objects.filter(part__plan=plan).order_by("part__order", "order", "pk"))
    in_order = plan.tasks.order_by("section__order", "number").values_list("number", flat=True)
    runs = _runs(list(in_order))
    for first, last, step in runs:
        plan.tasks.filter(number__range=(first, last)).update(number=F("number") + step + FAR_TASK)
    if runs:
        plan.tasks.filter(number__gte=FAR_TASK).update(number=F("number") - FAR_TASK)


def _renumber_headings(records):
    moved = []
    for order, record in enumerate(records, start=1):
        if record.order != order:
            record.order = order + FAR_HEADING
            moved.append(record)
    if not moved:
        return
    records.model.objects.bulk_update(moved, ["order"])
    records.model.objects.filter(pk__in=[record.pk for record in moved]).update(order=F("order") - FAR_HEADING)


def _runs(numbers):
    """Return `[(first, last, step)]` for the rows whose number has to change: neighbours that move
    alike are one run.
    """
    runs = []
    for new, old in enumerate(numbers, start=1):
        if runs and runs[-1][1] == old - 1 and runs[-1][2] == new - old:
            runs[-1][1] = old
        else:
            runs.append([old, old, new - old])
    return [run for run in runs if run[2]]


def make_room(task):
    """Move every row below `task` aside, so that the number after it is free; `renumber` closes the ranks."""
    Task.objects.filter(plan=task.plan_id, number__gt=task.number).update(number=F("number") + 2 * FAR_TASK)


def tidy_merges(plan):
    """Part every cell from the one above that it no longer goes on with (`merges.goes_on`)."""
    entries = Designation.objects.filter(task__plan=plan).order_by("order")
    cells = {}
    for task, role, *entry in entries.values_list("task", "role", "text", "from_cell_above", "pk"):
        cells.setdefault((task, role), []).append(entry)
    rows = [(None, None), *plan.tasks.order_by("number").values_list("pk", "section")]
    parted = []
    for (above, section_above), (row, section) in pairwise(rows):
        for role in DutyRole.values:
            cell = cells.get((row, role), [])
            if not goes_on(cell, cells.get((above, role), []) if section_above == section else []):
                parted += [pk for _, merged, pk in cell if merged]
    if parted:
        Designation.objects.filter(pk__in=parted).update(from_cell_above=False)
