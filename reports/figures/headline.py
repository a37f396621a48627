"""The few figures that head a page, on one evening."""

from .reports import by_day, came_lately, waited
from .summary import COUNTED, number_of_tasks


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
        "completion_rate": _per_cent(sums["done"], sums["owed"]),
        "on_time_rate": _per_cent(sums["on_time"], sums["done"]),
    }


def summary_before(duties, reports, as_of):
    """Return the headline of an earlier evening, from plain sums."""
    sums = next(iter(duties.light_counts()), dict.fromkeys(COUNTED, 0))
    return headline(sums, number_of_tasks(duties), by_day(reports), as_of)


def _per_cent(part, whole):
    return round(1000 * part / whole) / 10 if whole else None
