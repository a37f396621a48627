"""The few figures that head a page, on one evening."""

from .reports import lately, waited
from .standing import COUNTED, number_of_tasks


def headline(sums, reports, as_of, tasks):
    """Put together the sums of duties, the number of tasks, what waits and since when, what came in lately, the rates.

    `reports` are those of `handed_in`. A rate is in per cent with one digit, as it is shown, so that what a reader
    subtracts by hand agrees; `None` where there is nothing to take a share of.
    """
    return {
        **sums,
        "tasks": tasks,
        **waited(reports, as_of),
        "lately": lately(reports, as_of).count(),
        "completion_rate": _per_cent(sums["done"], sums["owed"]),
        "on_time_rate": _per_cent(sums["on_time"], sums["done"]),
    }


def standing_before(duties, reports, as_of):
    """Give the headline of an earlier evening, from plain sums."""
    sums = next(iter(duties.light_counts()), dict.fromkeys(COUNTED, 0))
    return headline(sums, reports, as_of, number_of_tasks(duties))


def _per_cent(part, whole):
    return round(1000 * part / whole) / 10 if whole else None
