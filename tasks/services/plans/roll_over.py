"""Copying a plan to another year as a draft: deadlines are moved, holders kept, and doubtful rows flagged."""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from tasks.choices import PlanState
from tasks.models import Designation, Part, Plan, Section, Task
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, require

from .issuing import BATCH_ROWS, FIELDS

YEAR = re.compile(r"20\d{2}(?=\s*年)")


def moved(day, years):
    """Return the same day `years` later; the last day of a month stays the last."""
    year = day.year + years
    last = monthrange(year, day.month)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, day.month, last if is_last else min(day.day, last))


def with_years_moved(text, old_year, years):
    """Return the text with the plan's year and later ones moved: 2024年底前 becomes 2025年底前."""
    return YEAR.sub(lambda match: str(int(match[0]) + years) if int(match[0]) >= old_year else match[0], text)


@dataclass
class Flags:
    """The rows of a draft that have to be checked, computed anew each time."""

    retired: list[tuple] = field(default_factory=list)  # (task, unit)
    old_years: list[tuple] = field(default_factory=list)  # (task, [years named])

    def __bool__(self):
        return bool(self.retired or self.old_years)


def flags(plan):
    """Return the `Flags` of a plan: rows that name closed units, and rows that name earlier years."""
    found = Flags()
    rows = plan.tasks.with_designations().prefetch_related("designations__unit__successor")
    for task in rows.order_by("number"):
        years = sorted({year for year in YEAR.findall(task.requirement) if int(year) < plan.year})
        if years:
            found.old_years.append((task, years))
        for entry in task.designations.all():
            if entry.unit and not entry.unit.is_active:
                found.retired.append((task, entry.unit))
    return found


@dataclass
class Move:
    """A deadline with its new value and its number of rows."""

    before: str
    after: str
    rows: list[int]


def moves(plan, year):
    """Return the `Move`s of a copy to `year`, in the order of the rows."""
    found = {}
    for task in plan.tasks.order_by("number"):
        copy = _copied_task(task, None, None, year)
        pair = (_in_words(task), _in_words(copy))
        if pair[0] != pair[1]:
            found.setdefault(pair, []).append(task.number)
    return [Move(*pair, rows) for pair, rows in found.items()]


def _in_words(task):
    day = f"（{task.due_on:%Y-%m-%d}）" if task.due_on else ""
    return f"{task.deadline_as_written or task.deadline_in_words}{day}"


@transaction.atomic
def roll_over(plan, *, by, year, title, kinds, again=False):
    """Create a draft of `year` from a plan, and return it. `kinds` are the kinds of parts to copy.

    Holders are copied by name, and picked units unless they are closed. Raises `Refused` where there is nothing to
    copy, or where a draft of that year was copied from this plan already, unless `again`.
    """
    require(by, "tasks.manage_plan")
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if not plan.tasks.filter(section__part__kind__in=kinds).exists():
        raise Refused("所选范围内没有任务可以复制。")
    if not again and plan.copies.filter(year=year, state=PlanState.DRAFT).exists():
        raise Refused(f"已经从本表复制过{year}年的拟制稿。确实还要再建一份的，请勾选“仍要再建一份”。")
    copy = Plan.objects.create(
        year=year, title=title, issuer=plan.issuer, warning_days=plan.warning_days, copied_from=plan
    )
    tasks = _copy_rows(plan, copy, kinds)
    _copy_cells(plan, tasks)
    record(Kind.CHANGE, "从上年复制分解表", by=by, on=copy, detail={"from": plan.pk, "rows": len(tasks)})
    return copy


def _copy_rows(plan, copy, kinds):
    """Copy headings and rows, numbered from 1; return `{old row's id: new row}`."""
    parts = {part.pk: part for part in plan.parts.filter(kind__in=kinds).order_by("order")}
    new_parts = {
        pk: Part(plan=copy, order=order, heading=part.heading, kind=part.kind)
        for order, (pk, part) in enumerate(parts.items(), start=1)
    }
    Part.objects.bulk_create(new_parts.values())
    old_sections = Section.objects.filter(part__in=parts).order_by("part__order", "order")
    new_sections = {
        section.pk: Section(part=new_parts[section.part_id], order=order, heading=section.heading)
        for order, section in enumerate(old_sections, start=1)
    }
    Section.objects.bulk_create(new_sections.values(), batch_size=BATCH_ROWS)
    rows = plan.tasks.filter(section__in=new_sections).order_by("section__part__order", "section__order", "number")
    tasks = {
        task.pk: _copied_task(task, copy, new_sections[task.section_id], copy.year, number)
        for number, task in enumerate(rows, start=1)
    }
    Task.objects.bulk_create(tasks.values(), batch_size=BATCH_ROWS)
    return tasks


def _copied_task(task, plan, section, year, number=0):
    years = year - task.plan.year
    copy = Task(plan=plan, section=section, **{name: getattr(task, name) for name in FIELDS})
    copy.number = number
    copy.deadline_as_written = with_years_moved(task.deadline_as_written, task.plan.year, years)
    copy.due_on = task.due_on and moved(task.due_on, years)
    return copy


def _copy_cells(plan, tasks):
    old = list(Designation.objects.filter(task__in=tasks).prefetch_related("picked_units").order_by("pk"))
    new = [
        Designation(
            task=tasks[entry.task_id],
            role=entry.role,
            order=entry.order,
            text=entry.text,
            unit_id=entry.unit_id,
            collective_id=entry.collective_id,
            from_cell_above=entry.from_cell_above,
        )
        for entry in old
    ]
    Designation.objects.bulk_create(new, batch_size=BATCH_ROWS)
    through = Designation.picked_units.through
    through.objects.bulk_create(
        (
            through(designation_id=copy.pk, unit_id=unit.pk)
            for entry, copy in zip(old, new, strict=True)
            for unit in entry.picked_units.all()
            if unit.is_active
        ),
        batch_size=BATCH_ROWS,
    )
