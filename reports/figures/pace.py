"""Progress over the year: completed duties against due duties by month, and submitted reports by week."""

from calendar import monthrange
from datetime import date, timedelta

from django.db.models import Count, Q

from tasks.choices import Status
from tasks.models import Transition

MAX_MONTHS, MAX_WEEKS = 18, 53
WEEK = timedelta(days=7)


def burn_up(duties, as_of):
    """Return one dict per month: `until` (its last day counted), `done` and `due` up to that day.

    The months run from the first completion or deadline to the last; `done` is `None` after `as_of`. Completions are
    counted from the steps into and out of 办结, deadlines as they were on `as_of`.
    """
    done, due = _completions(duties, as_of), _deadlines(duties)
    return [
        {"until": until, "done": _up_to(done, until) if until <= as_of else None, "due": _up_to(due, until)}
        for until in _month_ends_around(as_of, [*done, *due])
    ]


def _month_ends_around(as_of, days):
    """Return the month ends up to `as_of`, which stands for the end of its own month, and those up to the last day."""
    if not days:
        return []
    known = [min(end, as_of) for end in _month_ends(min(*days, as_of), as_of)]
    last = max(days)
    ahead = [end for end in _month_ends(as_of, last) if end > as_of] if last > as_of else []
    return known[-MAX_MONTHS:] + ahead[:MAX_MONTHS]


def completed_by_month(duties, as_of):
    """Return `[(month, completed so far, due so far)]` up to the month of `as_of`."""
    known = [row for row in burn_up(duties, as_of) if row["done"] is not None]
    return [(f"{row['until']:%Y-%m}", row["done"], row["due"]) for row in known]


def _completions(duties, as_of):
    steps = Transition.objects.filter(assignment__in=duties.order_by().values("pk"), on__lte=as_of).order_by()
    into, out = Q(to_status=Status.COMPLETED), Q(from_status=Status.COMPLETED)
    steps = steps.filter(into & ~out | out & ~into)
    days = {}
    for on, after, number in steps.values_list("on", "to_status").annotate(n=Count("pk")):
        days[on] = days.get(on, 0) + (number if after == Status.COMPLETED else -number)
    return days


def _deadlines(duties):
    dated = duties.order_by().filter(due_on__isnull=False)
    return dict(dated.values_list("due_on").annotate(n=Count("pk")))


def _up_to(days, until):
    return sum(number for day, number in days.items() if day <= until)


def _month_ends(first, last):
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield date(year, month, monthrange(year, month)[1])
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def submitted_by_week(days, plan, as_of):
    """Return one dict per week, Monday to Sunday: `first`, `last`, `number` submitted; the last week ends on `as_of`.

    `days` are the reports counted `by_day`. The weeks begin with the one in which the plan was issued.
    """
    weeks = {}
    for day, _, number in days:
        weeks[_monday(day)] = weeks.get(_monday(day), 0) + number
    first = min(_monday(plan.issued_on), _monday(as_of), *weeks)
    mondays = [first + n * WEEK for n in range((_monday(as_of) - first) // WEEK + 1)][-MAX_WEEKS:]
    return [
        {"first": monday, "last": min(monday + WEEK - timedelta(days=1), as_of), "number": weeks.get(monday, 0)}
        for monday in mondays
    ]


def _monday(day):
    return day - timedelta(days=day.weekday())
