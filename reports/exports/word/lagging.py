"""Rows of a table with overdue duties and the units behind each, for the bulletin."""

from departments.choices import RURAL
from departments.models import Unit
from reports import figures
from reports.choices import Group
from tasks.choices import Light
from tasks.models import Task

from .bulletin_words import in_words

MAX_ROWS = 30
"""Rows in the table; what else is late is named by its number."""
MAX_UNITS = 5
MAX_CHARS = 30
"""Of a requirement, which the reader finds in full in the table that was issued."""


def lagging(scope):
    """Return the rows with overdue duties, those with the most of them first, as the fields of the bulletin."""
    rows = figures.rows_in(scope)
    late = [row for row in rows if row.light == Light.OVERDUE]
    sums = figures.sums_by(late, "task")
    tasks = {task.pk: task for task in Task.objects.filter(pk__in=list(sums))}
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in={row.unit for row in rows})}
    rural = {unit.pk for unit in units.values() if unit.kind in RURAL}
    order = sorted(sums, key=lambda pk: (-sums[pk]["overdue"], -sums[pk]["late_by"], tasks[pk].number, pk))
    owing, behind = _units_by_task(rows), _units_by_task(late)
    return [_row(tasks[pk], sums[pk], late, _names(owing[pk] & rural, behind[pk], units)) for pk in order]


def _units_by_task(rows):
    found = {}
    for row in rows:
        found.setdefault(row.task, set()).add(row.unit)
    return found


def _row(task, sums, late, names):
    days = sorted({row.due_on for row in late if row.task == task.pk})
    return {
        "任务序号": task.number,
        "任务": in_short(task.requirement),
        "完成时限": "至".join(in_words(day) for day in dict.fromkeys((days[0], days[-1]))),
        "件数": sums["overdue"],
        "最长逾期天数": sums["late_by"],
        "单位": names,
    }


def in_short(requirement):
    """Return the beginning of a requirement: its first sentence, and not more than `MAX_CHARS` of it."""
    first = "".join(requirement.split()).partition("。")[0]
    return first if len(first) <= MAX_CHARS else f"{first[: MAX_CHARS - 1]}…"


def _names(rural, behind, units):
    """Return the units behind a row as in the register; all its townships together in a word, the rest of many too."""
    whole = behind >= rural and len(rural) > MAX_UNITS
    named = [
        units[pk].label for pk in sorted(behind - rural if whole else behind, key=lambda pk: (units[pk].order, pk))
    ]
    more = f"等{len(named)}个单位" if len(named) > MAX_UNITS else ""
    words = "、".join(named[:MAX_UNITS]) + more
    return "、".join(filter(None, [words, f"全部{len(rural)}个{Group.TOWNSHIPS.label}" if whole else ""]))
