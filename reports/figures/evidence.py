"""Counts of submitted evidence.

A revised report starts with the files of the returned report, so each item counts once per duty.
"""

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
"""Key that is equal for all copies of an item on one duty: the stored file, or the link with its title."""


def evidence(reports):
    """Return `reports` (a queryset, `submitted_by` a day) joined with their `evidence`, one row per item."""
    return reports.filter(evidence__isnull=False)


def _counted(reports, by):
    items = reports.filter(evidence__isnull=False)
    return items.order_by().values(by).annotate(n=Count(ITEM, distinct=True))


def number_of_items(reports, by):
    """Return `{value: number of items}` by a field of `reports`, each item once per duty, in one query."""
    return dict(_counted(reports, by).values_list(by, "n"))


def with_items_of_duties(duties, as_of):
    """Annotate duties with `evidence_count`: the items submitted by the end of `as_of`."""
    reports = ProgressReport.objects.filter(assignment=OuterRef("pk")).submitted_by(as_of)
    counted = _counted(reports, "assignment")
    return duties.annotate(evidence_count=Coalesce(Subquery(counted.values("n")), Value(0)))


def with_items_of_reports(reports):
    """Annotate reports with `evidence_count`: the number of items on each."""
    counted = _counted(ProgressReport.objects.filter(pk=OuterRef("pk")), "pk")
    return reports.annotate(evidence_count=Coalesce(Subquery(counted.values("n")), Value(0)))


def distinct_items(items, key):
    """Return the items of one duty without duplicates, the last copy of each; `key(item)` is `(stored, url, title)`."""
    found = {}
    for item in items:
        stored, url, title = key(item)
        same = stored or (url, title)
        found.pop(same, None)
        found[same] = item
    return list(found.values())
