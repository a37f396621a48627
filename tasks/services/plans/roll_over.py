"""Copying a plan to another year as a draft: deadlines are moved, holders kept, and doubtful rows flagged.

What the import can read is moved (`tasks.imports.meaning`); what it cannot read is flagged.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from departments.models import Unit
from tasks.choices import PlanState
from tasks.imports.meaning import deadlines
from tasks.imports.meaning import years as written_years
from tasks.models import Designation, Part, Plan, Section, Task
from tasks.services.progress import discussion
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, require

from .issuing import BATCH_ROWS, FIELDS

TITLE_OF_A_DOCUMENT = re.compile("(《[^》]*》)")


def moved(day, years):
    """Return the same day `years` later; the last day of a month stays the last."""
    year = day.year + years
    last = monthrange(year, day.month)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, day.month, last if is_last else min(day.day, last))


def with_years_moved(text, old_year, years):
    """Return the text with the plan's year and later ones moved: 2024年底前 becomes 2025年底前."""
    return written_years.moved(text, years, since=old_year)


def moved_heading(heading, old_year, years):
    """Return the same of a heading; titles of documents (《…》) stay as they are, and are flagged."""
    pieces = TITLE_OF_A_DOCUMENT.split(heading)
    return "".join(with_years_moved(piece, old_year, years) if n % 2 == 0 else piece for n, piece in enumerate(pieces))


def moved_deadline(task, year):
    """Return the words and the day of a row's deadline in a copy to `year`.

    Words that can be read say the day: 2月28日 stays the 28th, 2月底 the last day of February.
    """
    words, years = task.deadline_as_written, year - task.plan.year
    before = words and deadlines.read(words, task.plan.year)
    if not before:
        return with_years_moved(words, task.plan.year, years), task.due_on and moved(task.due_on, years)
    words = written_years.moved_in_deadline(words, years)
    after = deadlines.read(words, year)
    if after and after.due_on and before.due_on == task.due_on:
        return words, after.due_on
    return words, task.due_on and moved(task.due_on, years)


def is_doubtful(task, year):
    """Return whether the words of a row's deadline do not say its day or recurrence in a plan of `year`."""
    words = task.deadline_as_written
    if not words:
        return False
    reading = deadlines.read(words, year)
    if reading is None:
        return task.due_on is not None or bool(written_years.named(words))
    stands = (task.due_on, task.recurrence, task.recurrence_day)
    return stands != (reading.due_on, reading.recurrence, reading.recurrence_day)


@dataclass
class Flags:
    """What has to be checked in a draft, computed anew each time."""

    retired: list[tuple] = field(default_factory=list)  # (task, unit)
    picked: list[tuple] = field(default_factory=list)  # (task, closed unit, unit picked instead or None)
    deadlines: list[tuple] = field(default_factory=list)  # (task, words and day)
    old_years: list[tuple] = field(default_factory=list)  # (task, [years named])
    headings: list[tuple] = field(default_factory=list)  # (heading, [years named])

    def __bool__(self):
        return any((self.retired, self.picked, self.deadlines, self.old_years, self.headings))


def flags(plan, year=None):
    """Return the `Flags` of a draft, or those that the copy of a plan to `year` will have.

    Flagged are rows that name closed units or had them picked, deadlines whose words do not say their day, and rows and
    headings that name earlier years.
    """
    found, copied_to = Flags(), year
    year = year or plan.year
    rows = list(
        plan.tasks.standing().with_designations().prefetch_related("designations__unit__successor").order_by("number")
    )
    for task in rows:
        ahead = _copied_task(task, None, None, year) if copied_to else task
        if is_doubtful(ahead, year):
            found.deadlines.append((task, _in_words(ahead)))
        years = _earlier_years(task.requirement, year)
        if years:
            found.old_years.append((task, years))
        for entry in task.designations.all():
            if entry.unit and not entry.unit.is_active:
                found.retired.append((task, entry.unit))
    found.picked = _closed_picks(plan if copied_to else plan.copied_from, rows)
    found.headings = _dated_headings(plan, year if copied_to else None)
    return found


def _earlier_years(text, year):
    return [f"{named}" for named in written_years.named(text) if named < year]


def _dated_headings(plan, copied_to):
    """Return `[(heading, [earlier years])]`, the headings as they will stand in a copy."""
    parts = plan.parts.order_by("order").values_list("heading", flat=True)
    sections = Section.objects.filter(part__plan=plan).order_by("part__order", "order")
    headings = [*parts, *sections.values_list("heading", flat=True)]
    year = copied_to or plan.year
    headings = [moved_heading(heading, plan.year, year - plan.year) for heading in headings]
    return [(heading, years) for heading in headings if (years := _earlier_years(heading, year))]


def _closed_picks(source, rows):
    """Return `[(row, closed unit, successor or None)]` of the picks of `source` that its copy cannot keep.

    The rows of the copy are found by their requirement; a row that was reworded since was looked at.
    """
    if source is None:
        return []
    by_requirement = {task.requirement: task for task in reversed(rows)}
    units = _units()
    picks = Designation.picked_units.through.objects.filter(designation__task__plan=source)
    picks = picks.filter(unit__in=[pk for pk, unit in units.items() if not unit.is_active])
    picks = picks.order_by("designation__task__number", "designation", "unit__order", "unit")
    return [
        (by_requirement[requirement], units[unit], _successor(units[unit], units))
        for requirement, unit in picks.values_list("designation__task__requirement", "unit")
        if requirement in by_requirement
    ]


def _units():
    return {unit.pk: unit for unit in Unit.objects.all()}


def _successor(unit, units):
    """Return the active unit that `unit` was merged into, directly or through others, else `None`."""
    seen = set()
    while unit is not None and not unit.is_active and unit.pk not in seen:
        seen.add(unit.pk)
        unit = units.get(unit.successor_id)
    return unit if unit is not None and unit.is_active else None


@dataclass
class Move:
    """A deadline with its new value and the numbers of its rows, or a heading, which has none."""

    before: str
    after: str
    rows: list[int]


def moves(plan, year):
    """Return the `Move`s of a copy to `year`: headings, then deadlines in the order of the rows."""
    found = {}
    sections = Section.objects.filter(part__plan=plan).order_by("part__order", "order")
    for heading in (*plan.parts.order_by("order"), *sections):
        pair = (heading.heading, moved_heading(heading.heading, plan.year, year - plan.year))
        if pair[0] != pair[1]:
            found[pair] = []
    for task in plan.tasks.standing().order_by("number"):
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

    Holders are copied by name, and picked units; a picked unit that was merged is replaced by its successor. What is
    pinned on the rows (口径) goes with them. Raises `Refused` where there is nothing to copy, or where a draft of that
    year was copied from this plan already, unless `again`.
    """
    require(by, "tasks.manage_plan")
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if not plan.tasks.standing().filter(section__part__kind__in=kinds).exists():
        raise Refused("所选范围内没有任务可以复制。")
    if not again and plan.copies.filter(year=year, state=PlanState.DRAFT).exists():
        raise Refused(f"已经从本表复制过{year}年的拟制稿。确实还要再建一份的，请勾选“仍要再建一份”。")
    copy = Plan.objects.create(
        year=year, title=title, issuer=plan.issuer, warning_days=plan.warning_days, copied_from=plan
    )
    tasks, units = _copy_rows(plan, copy, kinds), _units()
    copy_cells(tasks, lambda unit: _successor(unit, units))
    discussion.carry(tasks)
    record(Kind.CHANGE, "从上年复制分解表", by=by, on=copy, detail={"from": plan.pk, "rows": len(tasks)})
    return copy


def _copy_rows(plan, copy, kinds):
    """Copy headings and rows, numbered from 1; return `{old row's id: new row}`."""
    years = copy.year - plan.year
    parts = {part.pk: part for part in plan.parts.filter(kind__in=kinds).order_by("order")}
    new_parts = {
        pk: Part(plan=copy, order=order, heading=moved_heading(part.heading, plan.year, years), kind=part.kind)
        for order, (pk, part) in enumerate(parts.items(), start=1)
    }
    Part.objects.bulk_create(new_parts.values())
    old_sections = Section.objects.filter(part__in=parts).order_by("part__order", "order")
    new_sections = {
        section.pk: Section(
            part=new_parts[section.part_id], order=order, heading=moved_heading(section.heading, plan.year, years)
        )
        for order, section in enumerate(old_sections, start=1)
    }
    Section.objects.bulk_create(new_sections.values(), batch_size=BATCH_ROWS)
    rows = plan.tasks.standing().filter(section__in=new_sections).as_printed()
    tasks = {
        task.pk: _copied_task(task, copy, new_sections[task.section_id], copy.year, number)
        for number, task in enumerate(rows, start=1)
    }
    Task.objects.bulk_create(tasks.values(), batch_size=BATCH_ROWS)
    return tasks


def _copied_task(task, plan, section, year, number=0):
    copy = Task(plan=plan, section=section, **{name: getattr(task, name) for name in FIELDS})
    copy.number = number
    copy.deadline_as_written, copy.due_on = moved_deadline(task, year)
    return copy


def copy_cells(tasks, picked=lambda unit: unit):
    """Copy the cells of rows to their copies; `tasks` is `{old row's id: new row}`.

    `picked(unit)` returns the unit that the copy has for a picked one, `None` for none.
    """
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
    picks = {
        (copy.pk, kept.pk): None
        for entry, copy in zip(old, new, strict=True)
        for unit in entry.picked_units.all()
        if (kept := picked(unit))
    }
    through.objects.bulk_create(
        [through(designation_id=entry, unit_id=unit) for entry, unit in picks], batch_size=BATCH_ROWS
    )
