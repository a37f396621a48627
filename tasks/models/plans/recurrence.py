"""When a deadline comes back within a plan's year (每月5日前, 每季度末)."""

from calendar import monthrange
from datetime import date, timedelta

from tasks.choices import Recurrence

MONTHS = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.HALF_YEARLY: 6}
SUNDAY = 6


def occurrences(recurrence, day, year):
    """Return the days of `year` on which a recurring deadline falls, in order.

    `day` is the day of the period's last month, `None` its end; a day that a month does not have is its last.
    """
    if recurrence == Recurrence.WEEKLY:
        first = date(year, 1, 1)
        sunday = first + timedelta(days=SUNDAY - first.weekday())
        return [sunday + timedelta(weeks=week) for week in range(53) if (sunday + timedelta(weeks=week)).year == year]
    step = MONTHS[Recurrence(recurrence)]
    return [_day_of(year, month, day) for month in range(step, 13, step)]


def _day_of(year, month, day):
    last = monthrange(year, month)[1]
    return date(year, month, min(day or last, last))
