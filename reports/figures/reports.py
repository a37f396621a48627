"""Figures of reports at the end of a day: submitted, waiting for review, approved and rated."""

from django.db.models import Count, Max, OuterRef, Subquery

from tasks.choices import ReportState
from tasks.models import Assignment, ProgressReport
from tasks.models.progress.latest import latest_report_of


def submitted(scope):
    """Return the reports on visible duties submitted by the evening of the scope (see `submitted_by`).

    Reports on duties that were suspended on that day are left out.
    """
    reports = ProgressReport.objects.filter(assignment__plan__in=scope.plans)
    if not scope.user.reads_everything:
        seen = Assignment.objects.visible_to(scope.user).filter(plan__in=scope.plans)
        reports = of_duties(reports, seen)
    return reports.counted().submitted_by(scope.as_of)


def submitted_on(duties, as_of):
    """Return the reports on `duties`, including suspended ones, submitted by the end of `as_of`."""
    return of_duties(ProgressReport.objects, duties).submitted_by(as_of)


def of_duties(reports, duties):
    """Filter reports to those on `duties` (a queryset)."""
    return reports.filter(assignment__in=duties.order_by().values("pk"))


def latest(duties, as_of):
    """Return the last report submitted on each of `duties` by the end of `as_of`."""
    last = latest_report_of(OuterRef("assignment"), as_of).values("pk")[:1]
    return submitted_on(duties, as_of).filter(pk=Subquery(last))


def approved(duties, as_of):
    """Return the reports on `duties` approved by the end of `as_of`, in the order of submission."""
    reports = submitted_on(duties, as_of).filter(state=ReportState.APPROVED)
    return reports.order_by("submitted_at", "pk")


def days_of_last(reports):
    """Return `{duty: day of the last report}` of submitted reports."""
    return dict(reports.order_by().values_list("assignment").annotate(last=Max("submitted_on")))


def number_of_reports(reports, by):
    """Return `{value: number of reports}` by a field."""
    return dict(reports.order_by().values_list(by).annotate(n=Count("pk")))


def number_of_reporting(reports):
    """Return `{task: number of duties with a report}`."""
    counted = reports.order_by().values_list("assignment__task")
    return dict(counted.annotate(n=Count("assignment", distinct=True)))


def still_waiting(reports):
    """Filter submitted reports to those not reviewed yet, the longest waiting first."""
    return reports.filter(state=ReportState.SUBMITTED).order_by("submitted_at", "pk")
