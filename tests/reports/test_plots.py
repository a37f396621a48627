"""Charts: labels below them stand at even distances and beside one another."""

import datetime as dt
from itertools import pairwise

from reports.plots import LAST_TICK_WIDTH, TICK_WIDTH, Plot


def ends_of_months(first, last):
    days = [last]
    day = first
    while day < last:
        day = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        days.append(day - dt.timedelta(days=1))
    return sorted(one for one in set(days) if one <= last)


def test_labels_of_the_days_are_even_and_do_not_touch():
    for first in (dt.date(2024, 6, 1), dt.date(2025, 7, 1), dt.date(2026, 10, 1), dt.date(2026, 11, 20)):
        last = dt.date(2026, 12, 1)
        days = [(day, f"{day.month}月") for day in ends_of_months(first, last)]
        plot = Plot(days[0][0], last, 100, left=8.0, right=77.0)

        plot.ticks(days)

        shown = [float(x.rstrip("%")) for x, *_ in plot.days]
        months = [label for _, label, _ in plot.days]
        gaps = [later - earlier for later, earlier in pairwise(shown)]
        every = [label for _, label in days[::-1]]
        assert shown[0] == 77.0
        assert all(gap >= TICK_WIDTH for gap in gaps)
        assert not gaps or gaps[0] >= LAST_TICK_WIDTH
        assert months in [every[::step] for step in range(1, len(every) + 1)]
