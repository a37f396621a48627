"""What was handed in, and what waits for an answer, on an evening."""

from datetime import timedelta
from statistics import median

from django.utils import timezone

from tasks.choices import ReportState
from tasks.models import Assignment, ProgressReport


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


def waiting_reports(user, plan, as_of):
    """Give those of them that waited for an answer, the longest first."""
    waiting = handed_in(user, plan, as_of).filter(state_then=ReportState.SUBMITTED)
    return waiting.for_lists().order_by("handed_in_at", "pk")


def waited(moments, as_of):
    """Give how many waited since the given moments, and whole days: the longest and the median, `None` of none."""
    days = [(as_of - timezone.localdate(moment)).days for moment in moments]
    return {"waiting": len(days), "longest": max(days, default=None), "median": median(days) if days else None}


def handed_in_lately(user, plan, as_of, days=7):
    """Give the reports handed in during the `days` up to the evening of `as_of`, the latest first."""
    lately = handed_in(user, plan, as_of).filter(handed_in_on__gt=as_of - timedelta(days=days))
    return lately.for_lists().order_by("-handed_in_at", "-pk")
