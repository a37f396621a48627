"""Progress over the year: completed duties against due duties, the pace, and what it leads to."""

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from tasks.choices import Status
from tasks.models import Transition
from wenshang_disclosure.core.rates import half_up, per_cent

MAX_MONTHS = 18
DAYS_BEFORE = 30
"""How far back a figure is compared, and of how many days the pace is."""


def day_before(plan, as_of):
    """Return the day to compare `as_of` with, `None` if the plan was not issued yet."""
    day = as_of - timedelta(days=DAYS_BEFORE)
    return day if day >= plan.issued_on else None


def difference(now, before):
    """Return how a figure with at most one decimal has changed, `None` if it is missing on either day."""
    return None if now is None or before is None else round(now - before, 1)


def completions(duties, as_of):
    """Return `{day: completed on it, less those taken back}` of `duties` up to `as_of`, from the steps."""
    steps = Transition.objects.filter(assignment__in=duties.order_by().values("pk"), on__lte=as_of).order_by()
    into, out = Q(to_status=Status.COMPLETED), Q(from_status=Status.COMPLETED)
    days = Counter()
    for on, after, number in (
        steps.filter(into & ~out | out & ~into).values_list("on", "to_status").annotate(n=Count("pk"))
    ):
        days[on] += number if after == Status.COMPLETED else -number
    return days


def burn_up(done, due, as_of):
    """Return one dict per month: `until` (its last day counted), `done` and `due` up to that day.

    `done` are the `completions`, `due` is `{day: duties due on it}` as on `as_of`. The months run from the first day of
    either to the last; `done` is `None` after `as_of`.
    """
    return [
        {"until": until, "done": up_to(done, until) if until <= as_of else None, "due": up_to(due, until)}
        for until in _month_ends_around(as_of, [*done, *due])
    ]


def _month_ends_around(as_of, days):
    """Return the month ends up to `as_of`, which stands for the end of its own month, and those up to the last day."""
    if not days:
        return []
    known = [min(end, as_of) for end in month_ends(min(*days, as_of), as_of)]
    last = max(days)
    ahead = [end for end in month_ends(as_of, last) if end > as_of] if last > as_of else []
    return known[-MAX_MONTHS:] + ahead[:MAX_MONTHS]


def completed_by_month(duties, as_of):
    """Return `[(month, completed so far, due so far)]` up to the month of `as_of`."""
    dated = duties.order_by().filter(due_on__isnull=False).values_list("due_on")
    months = burn_up(completions(duties, as_of), dict(dated.annotate(n=Count("pk"))), as_of)
    return [(f"{row['until']:%Y-%m}", row["done"], row["due"]) for row in months if row["done"] is not None]


def completed_by_month_ends(done, owed, first, as_of):
    """Return `[(day, share of `owed` completed by then, in per cent)]` at each month's end from `first` to `as_of`.

    `done` are the `completions`; `as_of` stands for the end of its own month.
    """
    ends = [min(end, as_of) for end in month_ends(first, as_of)][-MAX_MONTHS:]
    return [(end, per_cent(up_to(done, end), owed)) for end in ends]


def up_to(days, until):
    """Return the sum of `{day: number}` up to a day."""
    return sum(number for day, number in days.items() if day <= until)


def month_ends(first, last):
    """Yield the last day of each month from that of `first` to that of `last`."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield date(year, month, monthrange(year, month)[1])
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


@dataclass(frozen=True)
class Forecast:
    """What is completed at the end of the year at the pace of the last `DAYS_BEFORE` days, and due by then."""

    until: date
    pace: int
    expected: int
    due: int

    @property
    def missing(self):
        """How many of the duties that are due by then would not be completed."""
        return max(self.due - self.expected, 0)


def forecast(done, due, plan, as_of):
    """Return the `Forecast`, `None` where there are fewer than `DAYS_BEFORE` days to tell it from, or none ahead.

    `done` and `due` are those of `burn_up`. It is not above what is due in all, unless more is completed already.
    """
    until = date(plan.year, 12, 31)
    if day_before(plan, as_of) is None or as_of >= until:
        return None
    now, pace = sum(done.values()), sum(done.values()) - up_to(done, as_of - timedelta(days=DAYS_BEFORE))
    grown = now + int(half_up(max(pace, 0) * (until - as_of).days / DAYS_BEFORE, 0))
    by_then = up_to(due, until)
    return Forecast(until, pace, min(grown, max(by_then, now)), by_then)
