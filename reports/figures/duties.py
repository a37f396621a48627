"""The duties of a page as plain rows, read in one query, of which its figures are the sums."""

from datetime import date
from typing import NamedTuple

from tasks.choices import Light

from .summary import NOTHING

DONE, OVERDUE = Light.DONE.value, Light.OVERDUE.value


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
        return -self.days_left if self.light == OVERDUE else 0


def rows_of(duties):
    """Return the `DutyRow` of each of `duties` (with lights), in one query."""
    return [DutyRow(*values) for values in _values(duties)]


def rows_in(scope):
    """Return the `DutyRow` of each duty of a scope."""
    return [DutyRow(*values) for values in scope.fetch("rows of duties", lambda own: _values(own.duties()))]


def _values(duties):
    return duties.order_by().values_list(*DutyRow._fields)


def sums_by(rows, name):
    """Return `{value: sums}` by a field of the rows: `owed`, `on_time`, one figure per light, and `late_by`."""
    groups, place = {}, DutyRow._fields.index(name)
    for row in rows:
        value, light = row[place], row.light
        sums = groups.get(value) or groups.setdefault(value, {**NOTHING, "late_by": 0})
        sums["owed"] += 1
        sums[light] += 1
        if light == DONE:
            sums["on_time"] += not row.is_late
        elif light == OVERDUE:
            sums["late_by"] = max(sums["late_by"], row.days_late)
    return groups
