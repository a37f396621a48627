"""Evidence that was submitted. An answer begins with the files of what it answers: those count once a duty."""

from django.db.models import Case, CharField, Count, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from tasks.models import ProgressReport

ITEM = Concat(
    Cast("assignment", CharField()),
    Value(":"),
    Case(
        When(evidence__stored__isnull=False, then=Cast("evidence__stored", CharField())),
        default=Concat("evidence__url", Value("\n"), "evidence__title", output_field=CharField()),
    ),
    output_field=CharField(),
)
"""The same for each copy of one item on one duty: the stored file, or the link with its title."""


def evidence(reports):
    """Return one row an item, as `reports` (a queryset, `submitted_by` a day) joined with their `evidence`.

    What was taken back since is its unit's own again, with its evidence.
    """
    return reports.may_be_read().filter(evidence__isnull=False)


def _counted(reports, by):
    return evidence(reports).order_by().values(by).annotate(n=Count(ITEM, distinct=True))


def number_of_items(reports, by):
    """Count the items on `reports` by a field of the report, each once a duty: `{value: number}`, in one query."""
    return dict(
        _counted(ProgressReport.objects.filter(pk__in=reports.order_by().values("pk")), by).values_list(by, "n")
    )


def with_items_of_duties(duties, as_of):
    """Annotate how many items stood submitted on each duty on the evening of `as_of`, as `evidence_count`."""
    counted = _counted(ProgressReport.objects.filter(assignment=OuterRef("pk")).submitted_by(as_of), "assignment")
    return duties.annotate(evidence_count=Coalesce(Subquery(counted.values("n")), Value(0)))


def with_items_of_reports(reports):
    """Annotate how many items are on each report, as `evidence_count`."""
    counted = _counted(ProgressReport.objects.filter(pk=OuterRef("pk")), "pk")
    return reports.annotate(evidence_count=Coalesce(Subquery(counted.values("n")), Value(0)))


def each_once(items, key):
    """Return the items of one duty, each as the last of its copies; `key` gives `(stored, url, title)` of one."""
    found = {}
    for item in items:
        stored, url, title = key(item)
        same = stored or (url, title)
        found.pop(same, None)
        found[same] = item
    return list(found.values())
