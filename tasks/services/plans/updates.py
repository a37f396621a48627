"""Updates a draft plan from a file again: rows are matched by number, and the changes are listed."""

from dataclasses import dataclass, field

from django.db import transaction

from departments.services.resolve import NameRegistry
from tasks.choices import DutyRole, PlanState
from tasks.models import BasisDocument, Designation, Part, Plan, Section, Task
from wenshang_disclosure.core.web.errors import Conflict

from .drafting import tidy_merges
from .issuing import BATCH_ROWS, FIELDS, cells_of

LABELS = {
    "section": "所属部分和工作任务",
    "requirement": "具体要求",
    "deadline": "完成时限",
    "target_count": "目标数量",
    "lead": "牵头部门",
    "responsible": "责任单位",
}


@dataclass
class Changes:
    """The changes of a file in a draft, as numbers of rows; `changed` is `[(number, [names of what changes])]`."""

    new: list[int] = field(default_factory=list)
    changed: list[tuple] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)


def changes(plan, data):
    """Compare a draft with the data of a file, and return the `Changes`."""
    present = {task.number: task for task in plan.tasks.with_designations()}
    found = Changes()
    for part, section, row in rows_of(data):
        task = present.pop(row["number"], None)
        if task is None:
            found.new.append(row["number"])
            continue
        differs = _differences(task, part, section, row)
        if differs:
            found.changed.append((task.number, [LABELS[name] for name in differs]))
        else:
            found.same.append(task.number)
    found.missing = sorted(present)
    return found


def rows_of(data):
    """Return `[(part, section, row)]` for every row of a plan's data."""
    return [(part, section, row) for part in data["parts"] for section in part["sections"] for row in section["tasks"]]


def _differences(task, part, section, row):
    place = (task.section.part.kind, task.section.part.heading, task.section.heading)
    deadline = (task.deadline_as_written, task.due_on and task.due_on.isoformat(), task.recurrence, task.recurrence_day)
    pairs = {
        "section": (place, (part["kind"], part["heading"], section["heading"])),
        "requirement": (task.requirement, row["requirement"]),
        "deadline": (deadline, _deadline(row)),
        "target_count": (task.target_count, row["target_count"]),
        "lead": (_cell(task, DutyRole.LEAD), (row["lead"], row["lead_from_cell_above"])),
        "responsible": (
            _cell(task, DutyRole.RESPONSIBLE),
            (row["responsible"], row["responsible_from_cell_above"]),
        ),
    }
    return [name for name, (before, after) in pairs.items() if before != after]


def _deadline(row):
    return (row["deadline_as_written"], row["due_on"], row["recurrence"], row["recurrence_day"])


def _cell(task, role):
    entries = task.designated(role)
    return [entry.text for entry in entries], any(entry.from_cell_above for entry in entries)


@transaction.atomic
def update(plan, data, *, remove_missing=False):
    """Update a draft from the data of a file, by number of row, and return it.

    Rows missing in the file are kept, or deleted with `remove_missing`. Picked units are kept in cells that do not
    change. Raises `Conflict` where the plan was issued meanwhile.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != PlanState.DRAFT:
        raise Conflict("该分解表已经印发，不能再用文件更新；印发后的改动请逐项调整。")
    _update_about(plan, data["plan"])
    present = {task.number: task for task in plan.tasks.with_designations()}
    sections = _headings(plan, data)
    names = NameRegistry()
    new, kept, cells = [], [], []
    for part, section, row in rows_of(data):
        task = present.pop(row["number"], None)
        differs = _differences(task, part, section, row) if task else list(LABELS)
        if task is None:
            task = Task(plan=plan)
            new.append(task)
        elif differs:
            kept.append(task)
        task.section = sections[part["kind"], part["heading"], section["heading"]]
        for name in FIELDS:
            setattr(task, name, row[name])
        if "lead" in differs or "responsible" in differs:
            cells.append((task, row))
    if remove_missing:
        Task.objects.filter(pk__in=[task.pk for task in present.values()]).delete()
    Task.objects.bulk_create(new, batch_size=BATCH_ROWS)
    Task.objects.bulk_update(kept, ["section", *FIELDS], batch_size=BATCH_ROWS)
    _rewrite_cells(cells, names)
    _tidy_headings(plan)
    tidy_merges(plan)
    return plan


def _update_about(plan, about):
    basis = about["basis"]
    for name in ("title", "document_number", "issuer", "issued_on"):
        if about[name]:
            setattr(plan, name, about[name])
    plan.save(update_fields=["title", "document_number", "issuer", "issued_on"])
    if basis:
        plan.basis.all().delete()
        BasisDocument.objects.bulk_create(
            BasisDocument(plan=plan, order=order, **document) for order, document in enumerate(basis, start=1)
        )


def _headings(plan, data):
    """Find or create the parts and sections of the data; return the sections by kind, part and heading."""
    parts = {(part.kind, part.heading): part for part in plan.parts.all()}
    sections = {
        (section.part.kind, section.part.heading, section.heading): section
        for section in Section.objects.filter(part__plan=plan).select_related("part")
    }
    last_part = max((part.order for part in parts.values()), default=0)
    last = max((section.order for section in sections.values()), default=0)
    for described in data["parts"]:
        key = (described["kind"], described["heading"])
        if key not in parts:
            last_part += 1
            parts[key] = Part.objects.create(plan=plan, order=last_part, kind=key[0], heading=key[1])
        for section in described["sections"]:
            full = (*key, section["heading"])
            if full not in sections:
                last += 1
                sections[full] = Section.objects.create(part=parts[key], order=last, heading=section["heading"])
    return sections


def _rewrite_cells(cells, names):
    Designation.objects.filter(task__in=[task for task, _ in cells]).delete()
    entries = [entry for task, row in cells for entry in cells_of(task, row, names)]
    Designation.objects.bulk_create(entries, batch_size=BATCH_ROWS)


def _tidy_headings(plan):
    """Delete headings without rows, and order the rest by their rows; rows of a supplement stand under the plan's."""
    if plan.supplement_drafts().exists():
        return
    first = {}
    for number, section_id in plan.tasks.order_by("number").values_list("number", "section"):
        first.setdefault(section_id, number)
    Section.objects.filter(part__plan=plan).exclude(pk__in=first).delete()
    plan.parts.filter(sections__isnull=True).delete()
    sections = sorted(Section.objects.filter(part__plan=plan).select_related("part"), key=lambda s: first[s.pk])
    parts = list(dict.fromkeys(section.part for section in sections))
    _reorder(Part, parts)
    _reorder(Section, sections)


def _reorder(model, records):
    """Number the records from 1, in two steps, so that the unique constraint holds throughout."""
    beyond = max((record.order for record in records), default=0) + len(records)
    for start in (beyond + 1, 1):
        for order, record in enumerate(records, start=start):
            record.order = order
        model.objects.bulk_update(records, ["order"], batch_size=BATCH_ROWS)
