"""What was handed in, and what waits for an answer, on an evening."""

from datetime import timedelta
from statistics import median

from django.db.models import Count

from tasks.choices import ReportState
from tasks.models import Assignment, ProgressReport

LATELY = 7  # days


def submitted(user, plan, as_of):
    """Return the reports on visible duties that stood handed in on the evening of `as_of`, see `standing_on`.

    What was taken back after a past evening had been handed in on it: it is counted and named, its words are its
    unit's again. What is on a duty that was suspended then is in no figure.
    """
    reports = ProgressReport.objects.filter(assignment__plan=plan)
    if not user.reads_everything:
        seen = Assignment.objects.visible_to(user).filter(plan=plan)
        reports = reports.filter(assignment__in=seen.order_by().values("pk"))
    return reports.submitted_by(as_of)


def still_waiting(reports):
    """Cut what was handed in to what had no answer that evening, the longest first."""
    return reports.filter(state_then=ReportState.SUBMITTED).order_by("submitted_at_then", "pk")


def lately(reports, as_of):
    """Cut what was handed in to the seven days up to the evening of `as_of`, the latest first."""
    return reports.filter(submitted_on_then__gt=as_of - timedelta(days=LATELY)).order_by("-submitted_at_then", "-pk")


def waiting_reports(user, plan, as_of):
    """Return the reports that waited for an answer, the longest first."""
    return still_waiting(submitted(user, plan, as_of)).for_lists()


def by_day(reports):
    """Count what was handed in by its day and how it stood, in one query: `[(day, state, number)]`."""
    return list(reports.order_by().values_list("submitted_on_then", "state_then").annotate(n=Count("pk")))


def waited(days, as_of):
    """Return how many of the counted reports waited, and whole days: the longest and the median, `None` of none."""
    waits = [(as_of - day).days for day, state, number in days if state == ReportState.SUBMITTED for _ in range(number)]
    return {"waiting": len(waits), "longest": max(waits, default=None), "median": median(waits) if waits else None}


def came_lately(days, as_of):
    """Return how many of the counted reports came in during the seven days up to `as_of`."""
    return sum(number for day, _, number in days if day > as_of - timedelta(days=LATELY))


def submitted_lately(user, plan, as_of):
    """Return the reports handed in during the seven days up to the evening of `as_of`, the latest first."""
    return lately(submitted(user, plan, as_of), as_of).for_lists()
