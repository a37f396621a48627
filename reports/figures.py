"""Every number of a page or file, one function each, from duties that are visible, owed and lit (design §5)."""

from datetime import timedelta

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from departments.choices import UnitKind
from tasks.choices import Event, Light
from tasks.models import Assignment, ProgressReport, Transition
from wenshang_disclosure.common.dates import day_end

RURAL = {UnitKind.TOWN, UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT}


PART = ("task__section__part", "task__section__part__heading", "task__section__part__order")
UNIT = ("unit", "unit__name", "unit__short_name", "unit__kind", "unit__order")
COUNTED = ("owed", "on_time", *Light.values)


def counted(duties):
    """Count `duties` (with lights) by part and unit, in one query: every figure of a page is a sum of these rows."""
    return duties.light_counts(*PART, *UNIT)


def totals(rows):
    """Give the sum of counted rows: `owed`, one figure a light, `on_time`."""
    return {name: sum(row[name] for row in rows) for name in COUNTED}


def by_part(rows):
    """Give one dict a part, in the order of the table."""
    return sorted(_sums(rows, PART), key=lambda row: row["task__section__part__order"])


def by_unit(rows):
    """Give one dict a unit, the best first: by share completed, then by share overdue, then in the county's order."""
    sums = _sums(rows, UNIT)
    for row in sums:
        row["label"] = row["unit__short_name"] or row["unit__name"]
        row["is_rural"] = row["unit__kind"] in RURAL
        row["completion_rate"] = row["done"] / row["owed"]
    return sorted(sums, key=lambda row: (-row["completion_rate"], row["overdue"] / row["owed"], row["unit__order"]))


def _sums(rows, names):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in names), []).append(row)
    return [{**dict(zip(names, key, strict=True)), **totals(group)} for key, group in groups.items()]


def number_of_tasks(duties):
    """Give how many rows of the table the duties belong to."""
    return duties.order_by().values("task").distinct().count()


WAITS_AFTER = [Event.SUBMITTED, Event.CLAIMED, Event.PASSED_ON]


def waiting_reports(user, plan, as_of):
    """Give the reports on visible duties that waited for an answer on the evening of `as_of`, oldest first.

    A past evening is read from the steps: a report that was withdrawn later waited all the same. What is on a duty that
    was suspended waited for nobody.
    """
    reports = ProgressReport.objects.filter(assignment__plan=plan).for_lists().order_by("submitted_at", "pk")
    if not user.reads_everything:
        reports = reports.filter(assignment__in=Assignment.objects.visible_to(user).filter(plan=plan).values("pk"))
    if as_of >= timezone.localdate():
        return reports.waiting()
    reports = reports.counted_on(as_of)
    last = Transition.objects.filter(report=OuterRef("pk"), on__lte=as_of).order_by("-pk").values("event")[:1]
    return reports.annotate(last_event=Subquery(last)).filter(last_event__in=WAITS_AFTER)


def handed_in_lately(user, plan, as_of, days=7):
    """Give the reports handed in during the `days` up to the evening of `as_of`, the latest first."""
    end = day_end(as_of)
    reports = ProgressReport.objects.visible_to(user).handed_in().counted_on(as_of).filter(assignment__plan=plan)
    reports = reports.filter(submitted_at__lt=end, submitted_at__gte=end - timedelta(days=days))
    return reports.for_lists().order_by("-submitted_at", "-pk")


def completed_by_month(duties, as_of):
    """Give `[(month, completed so far, due so far)]` from the plan's first month to that of `as_of`.

    Completions are counted from the steps that led to 办结 and those that took it back, up to that day.
    """
    done = _by_month(_completions(duties, as_of))
    owed = _by_month(duties.order_by().filter(due_then__lte=as_of).values_list("due_then").annotate(n=Count("pk")))
    months = sorted(set(done) | set(owed))
    if not months:
        return []
    rows, completed, due = [], 0, 0
    for month in _months(months[0], (as_of.year, as_of.month)):
        completed += done.get(month, 0)
        due += owed.get(month, 0)
        rows.append((f"{month[0]}-{month[1]:02d}", completed, due))
    return rows[-18:]


def _completions(duties, as_of):
    steps = Transition.objects.filter(assignment__in=duties.order_by().values("pk"), on__lte=as_of).order_by()
    gained = steps.filter(event=Event.APPROVED, to_status="completed", from_status="under_review")
    taken = steps.filter(event=Event.REVOKED)
    yield from gained.values_list("on").annotate(n=Count("pk"))
    yield from ((on, -n) for on, n in taken.values_list("on").annotate(n=Count("pk")))


def _by_month(days):
    months = {}
    for on, number in days:
        months[on.year, on.month] = months.get((on.year, on.month), 0) + number
    return months


def _months(first, last):
    year, month = first
    while (year, month) <= last:
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
