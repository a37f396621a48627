"""What was submitted, and what waits for an answer, on an evening."""

from datetime import timedelta
from statistics import median

from django.db.models import Count, OuterRef, Subquery

from tasks.choices import ReportState
from tasks.models import Assignment, ProgressReport, QualityRating

LATELY = 7  # days


def submitted(scope):
    """Return the reports on visible duties that stood submitted on the evening of the scope, see `submitted_by`.

    What is on a duty that was suspended then is in no figure.
    """
    reports = ProgressReport.objects.filter(assignment__plan=scope.plan)
    if not scope.user.reads_everything:
        seen = Assignment.objects.visible_to(scope.user).filter(plan=scope.plan)
        reports = of_duties(reports, seen)
    return reports.counted_on(scope.as_of).submitted_by(scope.as_of)


def submitted_on(duties, as_of):
    """Return the reports on `duties`, suspended ones as well, that stood submitted on the evening of `as_of`."""
    return of_duties(ProgressReport.objects, duties).submitted_by(as_of)


def of_duties(reports, duties):
    """Cut reports to those on `duties` (a queryset)."""
    return reports.filter(assignment__in=duties.order_by().values("pk"))


def latest(duties, as_of):
    """Return what each of `duties` had submitted last by the evening of `as_of`."""
    last = _of_one(OuterRef("assignment"), as_of).values("pk")[:1]
    return submitted_on(duties, as_of).filter(pk=Subquery(last))


def with_latest_text(duties, as_of):
    """Annotate what each duty's latest report says, as `latest_text`."""
    return duties.annotate(latest_text=Subquery(_of_one(OuterRef("pk"), as_of).values("text_then")[:1]))


def _of_one(duty, as_of):
    return ProgressReport.objects.filter(assignment=duty).submitted_by(as_of).latest_first()


def approved(duties, as_of):
    """Return what was approved on `duties` by that evening, the latest submitted last."""
    reports = submitted_on(duties, as_of).filter(state_then=ReportState.APPROVED)
    return reports.order_by("submitted_at_then", "pk")


def rated(reports, as_of):
    """Annotate the last rating up to that evening: `quality_then`, `exemplary_then`, both `None` of none."""
    ratings = QualityRating.objects.filter(report=OuterRef("pk"), on__lte=as_of).order_by("-pk")
    return reports.annotate(
        quality_then=Subquery(ratings.values("quality")[:1]),
        exemplary_then=Subquery(ratings.values("is_exemplary")[:1]),
    )


def number_of_reports(reports, by):
    """Count reports by a field; `{value: number}`."""
    return dict(reports.order_by().values_list(by).annotate(n=Count("pk")))


def number_of_reporting(reports):
    """Count by row of the table how many duties have a report; `{task: number}`."""
    counted = reports.order_by().values_list("assignment__task")
    return dict(counted.annotate(n=Count("assignment", distinct=True)))


def still_waiting(reports):
    """Cut what was submitted to what had no answer that evening, the longest first."""
    return reports.filter(state_then=ReportState.SUBMITTED).order_by("submitted_at_then", "pk")


def lately(reports, as_of):
    """Cut what was submitted to the seven days up to the evening of `as_of`, the latest first."""
    return reports.filter(submitted_on_then__gt=as_of - timedelta(days=LATELY)).latest_first()


def waiting_reports(scope):
    """Return the reports that waited for an answer, the longest first."""
    return still_waiting(submitted(scope)).for_lists()


def by_day(reports):
    """Count what was submitted by its day and how it stood, in one query: `[(day, state, number)]`."""
    return list(reports.order_by().values_list("submitted_on_then", "state_then").annotate(n=Count("pk")))


def waited(days, as_of):
    """Return how many of the counted reports waited, and whole days: the longest and the median, `None` of none."""
    waits = [(as_of - day).days for day, state, number in days if state == ReportState.SUBMITTED for _ in range(number)]
    return {"waiting": len(waits), "longest": max(waits, default=None), "median": median(waits) if waits else None}


def came_lately(days, as_of):
    """Return how many of the counted reports came in during the seven days up to `as_of`."""
    return sum(number for day, _, number in days if day > as_of - timedelta(days=LATELY))


def submitted_lately(scope):
    """Return the reports submitted during the seven days up to the evening of the scope, the latest first."""
    return lately(submitted(scope), scope.as_of).for_lists()
