"""Matrix of tasks by units: the light of each duty, with totals by row and column (design: Ways of working)."""

from dataclasses import dataclass, field
from itertools import groupby

from departments.models import Unit
from tasks.choices import Light


@dataclass
class Line:
    """Totals of a row or column, and the ids of its late duties that may be chased."""

    owed: int = 0
    done: int = 0
    overdue: int = 0
    chase: list[int] = field(default_factory=list)

    def add(self, duty, light, may_chase):
        """Count one duty."""
        self.owed += 1
        self.done += light == Light.DONE
        self.overdue += light == Light.OVERDUE
        if may_chase:
            self.chase.append(duty)


@dataclass
class Row:
    """A task with its totals and one cell per column: `(light, is late)`, or `None` if the unit owes nothing."""

    task: object
    line: Line
    cells: list


@dataclass
class Matrix:
    """A matrix: `parts` is `[(part, rows)]`, `columns` is `[(unit, line)]`, `total` is the `Line` of everything."""

    parts: list
    columns: list
    total: Line

    @property
    def size(self):
        """Number of rows and columns."""
        return sum(len(rows) for _, rows in self.parts), len(self.columns)


def matrix(duties, tasks, chaseable=frozenset(), empty_rows=False):
    """Return the `Matrix` of `duties` (with lights), with rows in the order of `tasks`; cells are read in one query.

    `chaseable` holds the ids of late duties that the user may chase. Columns are the units that owe something; rows
    without a duty are left out unless `empty_rows`.
    """
    cells, rows, columns, total = {}, {}, {}, Line()
    for task, unit, duty, *light in duties.order_by().values_list("task", "unit", "pk", "light", "is_late"):
        cells.setdefault(task, {})[unit] = tuple(light)
        for line in (rows.setdefault(task, Line()), columns.setdefault(unit, Line()), total):
            line.add(duty, light[0], duty in chaseable)
    units = sorted(Unit.objects.filter(pk__in=list(columns)), key=lambda unit: (unit.order, unit.pk))
    order = [unit.pk for unit in units]
    shown = [task for task in tasks if empty_rows or task.pk in rows]
    lines = [Row(task, rows.get(task.pk, Line()), list(map(cells.get(task.pk, {}).get, order))) for task in shown]
    parts = [(part, list(group)) for part, group in groupby(lines, key=lambda row: row.task.section.part)]
    return Matrix(parts, [(unit, columns[unit.pk]) for unit in units], total)
