"""What was handed in, and what waits for an answer, on an evening."""

from datetime import timedelta
from statistics import median

from django.utils import timezone

from tasks.choices import ReportState
from tasks.models import Assignment, ProgressReport

LATELY = 7  # days


def handed_in(user, plan, as_of):
    """Give the reports on visible duties that stood handed in on the evening of `as_of`, see `standing_on`.

    What was taken back after a past evening had been handed in on it: it is counted and named, its words are its
    unit's again. What is on a duty that was suspended then is in no figure.
    """
    reports = ProgressReport.objects.filter(assignment__plan=plan)
    if not user.reads_everything:
        seen = Assignment.objects.visible_to(user).filter(plan=plan)
        reports = reports.filter(assignment__in=seen.order_by().values("pk"))
    return reports.standing_on(as_of)


def still_waiting(reports):
    """Cut what was handed in to what had no answer that evening, the longest first."""
    return reports.filter(state_then=ReportState.SUBMITTED).order_by("handed_in_at", "pk")


def lately(reports, as_of, days=LATELY):
    """Cut what was handed in to the `days` up to the evening of `as_of`, the latest first."""
    return reports.filter(handed_in_on__gt=as_of - timedelta(days=days)).order_by("-handed_in_at", "-pk")


def waiting_reports(user, plan, as_of):
    """Give the reports that waited for an answer, the longest first."""
    return still_waiting(handed_in(user, plan, as_of)).for_lists()


def waited(reports, as_of):
    """Give how many waited, since when (`(pk, moment)`, the longest first), and whole days: the longest, the median.

    Days are `None` where nothing waited.
    """
    since = list(still_waiting(reports).values_list("pk", "handed_in_at"))
    days = [(as_of - timezone.localdate(moment)).days for _, moment in since]
    return {
        "waiting": len(days),
        "since": since,
        "longest": max(days, default=None),
        "median": median(days) if days else None,
    }


def handed_in_lately(user, plan, as_of):
    """Give the reports handed in during the seven days up to the evening of `as_of`, the latest first."""
    return lately(handed_in(user, plan, as_of), as_of).for_lists()
