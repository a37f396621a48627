"""Digests of submitted reports, which the audit entry of the submission keeps and `verify_audit` compares."""

from collections import defaultdict

from tasks.models import Evidence, ProgressReport
from tasks.models.progress.report import SUBMITTED_STATES
from wenshang_disclosure.audit.contents import digest

REPORT = (
    "author_id",
    "text",
    "obstacles",
    "next_steps",
    "count",
    "claims_completion",
    "open_units_note",
    "submitted_at",
    "attested_by_id",
    "attested_name",
    "attested_at",
)
EVIDENCE = ("order", "kind", "title", "dated_on", "url", "file_name", "stored__sha256", "stored__size")


def digests(ids):
    """Return `{id: digest}` of what was submitted, evidence with its sums; `None` for a report that was withdrawn."""
    reports = list(ProgressReport.objects.filter(pk__in=ids).order_by().values_list("pk", "state", *REPORT))
    evidence = _evidence([pk for pk, state, *_ in reports if state in SUBMITTED_STATES])
    return {
        pk: digest([*values, evidence[pk]]) if state in SUBMITTED_STATES else None for pk, state, *values in reports
    }


def _evidence(ids):
    items = defaultdict(list)
    for report, *values in Evidence.objects.filter(report__in=ids).order_by("order").values_list("report", *EVIDENCE):
        items[report].append(values)
    return items
