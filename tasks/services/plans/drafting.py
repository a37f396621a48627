"""Common parts of all changes of a draft plan: its lock, marks of what the user saw, numbers and merged cells."""

import hashlib
import json
from itertools import pairwise

from django.db.models import F, Max

from tasks.choices import DutyRole, PlanState
from tasks.models import Designation, Part, Plan, Section, Task
from tasks.models.plans.merges import goes_on
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

UP, DOWN = "up", "down"
# Added while rows and headings are renumbered, so that no two have the same number; no real number is as large.
TASK_NUMBER_OFFSET = 1_000_000
HEADING_ORDER_OFFSET = 16_000
IN_THE_ROW = ("requirement", "deadline_as_written", "due_on", "recurrence", "recurrence_day", "target_count")
IN_THE_PLAN = ("year", "title", "document_number", "issuer", "issued_on", "warning_days")


def open_draft(plan_id, *, by):
    """Lock the plan for a change by `by`, and return it.

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
    """Return the mark of the plan's description."""
    about = [getattr(plan, field) for field in IN_THE_PLAN]
    return _mark(about, list(plan.basis.values_list("title", "number")))


def seen_part(part):
    """Return the mark of a part's content."""
    return _mark(part.order, part.heading, part.kind)


def seen_section(section):
    """Return the mark of a section's content."""
    return _mark(section.part_id, section.order, section.heading)


def seen_task(task):
    """Return the mark of a row's content. Reads `designations`, prefetched on lists."""
    cells = [[entry.text for entry in task.designated(role)] for role in DutyRole]
    return _mark(task.section_id, [getattr(task, field) for field in IN_THE_ROW], cells)


def place_of(task):
    """Return the mark of a row's place."""
    return f"{task.section_id}-{task.number}"


def _mark(*what):
    text = json.dumps(what, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def refuse_stale(version, stands, what):
    """Raise `Conflict` where the current mark `stands` of `what` differs from `version`."""
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
    """Renumber the plan and update its merged cells after a change of its structure."""
    renumber(plan)
    tidy_merges(plan)


def renumber(plan):
    """Number parts, sections and rows from 1 in their order, sections and rows through the whole plan.

    Headings keep their own text. The number of queries does not depend on the number of rows.
    """
    _renumber_headings(Part.objects.filter(plan=plan).order_by("order", "pk"))
    _renumber_headings(Section.objects.filter(part__plan=plan).order_by("part__order", "order", "pk"))
    in_order = plan.tasks.order_by("section__order", "number").values_list("number", flat=True)
    runs = _runs(list(in_order))
    for first, last, step in runs:
        plan.tasks.filter(number__range=(first, last)).update(number=F("number") + step + TASK_NUMBER_OFFSET)
    if runs:
        plan.tasks.filter(number__gte=TASK_NUMBER_OFFSET).update(number=F("number") - TASK_NUMBER_OFFSET)


def _renumber_headings(records):
    moved = []
    for order, record in enumerate(records, start=1):
        if record.order != order:
            record.order = order + HEADING_ORDER_OFFSET
            moved.append(record)
    if not moved:
        return
    records.model.objects.bulk_update(moved, ["order"])
    records.model.objects.filter(pk__in=[record.pk for record in moved]).update(order=F("order") - HEADING_ORDER_OFFSET)


def _runs(numbers):
    """Return `[(first, last, step)]` of the rows to renumber: neighbours that move by the same step form one run."""
    runs = []
    for new, old in enumerate(numbers, start=1):
        if runs and runs[-1][1] == old - 1 and runs[-1][2] == new - old:
            runs[-1][1] = old
        else:
            runs.append([old, old, new - old])
    return [run for run in runs if run[2]]


def make_room(task):
    """Free the number after `task` by raising the numbers of the rows below it; `renumber` closes the gap."""
    Task.objects.filter(plan=task.plan_id, number__gt=task.number).update(number=F("number") + 2 * TASK_NUMBER_OFFSET)


def tidy_merges(plan):
    """Part every cell from the one above that it no longer goes on with (`merges.goes_on`)."""
    entries = Designation.objects.filter(task__plan=plan).order_by("order")
    cells = {}
    for task, role, *entry in entries.values_list("task", "role", "text", "from_cell_above", "pk"):
        cells.setdefault((task, role), []).append(entry)
    in_order = plan.tasks.standing().as_printed()
    rows = [(None, None), *in_order.values_list("pk", "section")]
    parted = []
    for (above, section_above), (row, section) in pairwise(rows):
        for role in DutyRole.values:
            cell = cells.get((row, role), [])
            if not goes_on(cell, cells.get((above, role), []) if section_above == section else []):
                parted += [pk for _, merged, pk in cell if merged]
    if parted:
        Designation.objects.filter(pk__in=parted).update(from_cell_above=False)
