"""What a unit said last on a duty, as lists show it."""

from django.db.models import OuterRef, Subquery

from .report import ProgressReport


def latest_report_of(duty, as_of):
    """Return a queryset whose first report is the last one of `duty` submitted by the evening of `as_of`."""
    return ProgressReport.objects.filter(assignment=duty).submitted_by(as_of).latest_first()


def with_latest_text(duties, as_of):
    """Annotate `latest_text`: of the last report submitted by the evening of `as_of`, or `None`."""
    return duties.annotate(latest_text=Subquery(latest_report_of(OuterRef("pk"), as_of).values("text")[:1]))


def with_latest_at(duties, as_of):
    """Annotate `latest_at`: when the last report was submitted by the evening of `as_of`, or `None`."""
    return duties.annotate(latest_at=Subquery(latest_report_of(OuterRef("pk"), as_of).values("submitted_at")[:1]))
