"""The few figures that head a page, on one evening, and what changed against 30 days before."""

from datetime import timedelta

from wenshang_disclosure.core.rates import per_cent

from .reports import by_day, came_lately, waited
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
    """Put together the sums of duties, the number of tasks, what waits and since when, what came in lately, the rates.

    `days` are the reports counted `by_day`. A rate is in per cent with one digit, as it is shown, so that what a reader
    subtracts by hand agrees; `None` where there is nothing to take a share of.
    """
    return {
        **sums,
        "tasks": tasks,
        **waited(days, as_of),
        "lately": came_lately(days, as_of),
        "completion_rate": per_cent(sums["done"], sums["owed"]),
        "on_time_rate": per_cent(sums["on_time"], sums["done"]),
    }


def headline_before(duties, reports, as_of):
    """Return the headline of an earlier evening, from plain sums."""
    sums = next(iter(duties.light_counts()), dict.fromkeys(COUNTED, 0))
    return headline(sums, number_of_tasks(duties), by_day(reports), as_of)


def day_before(plan, as_of):
    """Return the day to compare `as_of` with, `None` where the plan was not issued yet."""
    day = as_of - timedelta(days=DAYS_BEFORE)
    return day if day >= plan.issued_on else None


def changes(now, before):
    """Return the difference of each compared figure; `None` where one of the two days has no such figure."""
    return {name: _difference(now[name], before[name]) for name in COMPARED}


def _difference(now, before):
    return None if now is None or before is None else round(now - before, 1)
