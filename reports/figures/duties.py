"""The duties of a page as plain rows, read in one query, of which its figures are the sums."""

from datetime import date
from typing import NamedTuple

from tasks.choices import Light

from .summary import NOTHING


class DutyRow(NamedTuple):
    """How one duty stands; `days_left` is negative where the deadline has passed, `None` without one."""

    pk: int
    task: int
    unit: int
    light: str
    is_late: bool
    days_left: int | None
    due_on: date | None
    claimed_on: date | None

    @property
    def days_late(self):
        """The whole days since the deadline of an overdue duty, otherwise 0."""
        return -self.days_left if self.light == Light.OVERDUE else 0


def rows_of(duties):
    """Return the `DutyRow` of each of `duties` (with lights), in one query."""
    return [DutyRow(*values) for values in duties.order_by().values_list(*DutyRow._fields)]


def sums_by(rows, name):
    """Return `{value: sums}` by a field of the rows: `owed`, `on_time`, one figure per light, and `late_by`."""
    groups = {}
    for row in rows:
        sums = groups.setdefault(getattr(row, name), {**NOTHING, "late_by": 0})
        sums["owed"] += 1
        sums[row.light] += 1
        sums["on_time"] += row.light == Light.DONE and not row.is_late
        sums["late_by"] = max(sums["late_by"], row.days_late)
    return groups
