"""Key figures of a page at the end of a day, and their changes compared with 30 days before."""

from datetime import timedelta

from wenshang_disclosure.core.rates import per_cent

from .reports import by_day, number_of_recent, waiting_times
from .summary import COUNTED, number_of_tasks

DAYS_BEFORE = 30
COMPARED = (
    "tasks",
    "owed",
    "completion_rate",
    "on_time_rate",
    "overdue",
    "due_soon",
    "waiting",
    "longest",
    "median",
    "lately",
)


def headline(sums, tasks, days, as_of):
    """Return the sums of duties, the number of tasks, waiting and recent reports, and the rates.

    `days` are the reports counted `by_day`. Rates are in per cent with one decimal, as displayed, so that differences
    agree with the values shown; `None` if the denominator is zero.
    """
    return {
        **sums,
        "tasks": tasks,
        **waiting_times(days, as_of),
        "lately": number_of_recent(days, as_of),
        "completion_rate": per_cent(sums["done"], sums["owed"]),
        "on_time_rate": per_cent(sums["on_time"], sums["done"]),
    }


def headline_before(duties, reports, as_of):
    """Return the `headline` of an earlier day."""
    sums = next(iter(duties.light_counts()), dict.fromkeys(COUNTED, 0))
    return headline(sums, number_of_tasks(duties), by_day(reports), as_of)


def day_before(plan, as_of):
    """Return the day to compare `as_of` with, `None` if the plan was not issued yet."""
    day = as_of - timedelta(days=DAYS_BEFORE)
    return day if day >= plan.issued_on else None


def changes(now, before):
    """Return the difference of each compared figure, `None` if it is missing on either day."""
    return {name: _difference(now[name], before[name]) for name in COMPARED}


def _difference(now, before):
    return None if now is None or before is None else round(now - before, 1)
