"""The few figures that head a page, on one evening."""

from .reports import waited
from .standing import COUNTED, number_of_tasks


def headline(sums, tasks, waits):
    """Put together the sums of duties, the number of tasks, how long reports waited, and the rates.

    A rate is in per cent with one digit, as it is shown, so that what a reader subtracts by hand agrees; `None` where
    there is nothing to take a share of.
    """
    rates = {
        "completion_rate": _per_cent(sums["done"], sums["owed"]),
        "on_time_rate": _per_cent(sums["on_time"], sums["done"]),
    }
    return {**sums, "tasks": tasks, **waits, **rates}


def standing_before(duties, reports, as_of):
    """Give the headline of an earlier evening from its duties and its waiting reports, in three plain queries."""
    sums = next(iter(duties.light_counts()), dict.fromkeys(COUNTED, 0))
    moments = reports.order_by().values_list("handed_in_at", flat=True)
    return headline(sums, number_of_tasks(duties), waited(moments, as_of))


def _per_cent(part, whole):
    return round(1000 * part / whole) / 10 if whole else None
