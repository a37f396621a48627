"""Gauges of the application's state, queried at each scrape; without names and ids."""

import logging
import shutil
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Max
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from departments.models import SignInFailure
from tasks.choices import Light
from tasks.models import Assignment, AutomaticReminderRun, OutgoingMail, Plan
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.timeouts import ask_all
from wenshang_disclosure.files.choices import ScanState
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.work.choices import JobState
from wenshang_disclosure.work.models import Job

log = logging.getLogger(__name__)

FIGURES_TIMEOUT_SECONDS = 5
"""Time limit of all figures together; late ones are left out of the scrape."""


class StateCollector:
    """Prometheus collector of the figures."""

    def collect(self):
        """Yield every available figure, and which ones are missing."""
        figures = ask_all({"figures": _all}, FIGURES_TIMEOUT_SECONDS)["figures"] or {}
        missing = GaugeMetricFamily("wenshang_figure_missing", "1 where a figure could not be had.", labels=["figure"])
        for name in FIGURES:
            missing.add_metric([name], name not in figures)
            if name in figures:
                yield _family(name, *figures[name])
        yield missing

    def describe(self):
        """Return nothing, so that registering does not query the figures."""
        return []


def _all():
    """Return all figures, queried in one thread on one connection, without those that fail."""
    figures = {}
    for name, ask in FIGURES.items():
        try:
            figures[name] = ask()
        except DatabaseError as error:
            log.warning("the figure %s cannot be had", name, exc_info=error)
    return figures


def _family(name, text, labels, values):
    family = GaugeMetricFamily(f"wenshang_{name}", text, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


def _labelled(values):
    """Return values keyed by one label as keyed by a tuple of labels."""
    return {(key,): value for key, value in values.items()}


def _unlabelled(value):
    """Return a value without labels."""
    return {(): value}


def _mails():
    mails = OutgoingMail.objects
    due = mails.waiting(timezone.now() - timedelta(minutes=30)).count()
    counts = {"unsent": mails.unsent().count(), "overdue": due, "given_up": mails.given_up().count()}
    return "E-mails by state; overdue ones have been due for 30 minutes.", ["state"], _labelled(counts)


def _files():
    found = Counter(dict(StoredFile.objects.values_list("scan").annotate(Count("pk"))))
    return "Evidence files by result of the virus scan.", ["scan"], _labelled({s: found[s] for s in ScanState.values})


def _jobs():
    found = Counter(dict(Job.objects.order_by().values_list("state").annotate(Count("pk"))))
    counts = {state: found[state] for state in JobState.values} | {"standing": Job.objects.standing().count()}
    return "Background work by state; what stands should have been taken up.", ["state"], _labelled(counts)


def _duties():
    latest = Plan.objects.issued().order_by("-year", "-pk").first()
    duties = Assignment.objects.filter(plan=latest).owed().with_light()
    found = Counter(dict(duties.order_by().values_list("light").annotate(Count("pk"))))
    return (
        "Duties of the latest issued plan by light.",
        ["light"],
        _labelled({light: found[light] for light in Light.values}),
    )


def _reminders_finished():
    last = AutomaticReminderRun.objects.aggregate(at=Max("finished_at"))["at"]
    return "Unix time of the last completed run of the daily reminders.", [], _unlabelled(_seconds(last))


def _system_entry():
    """Return when each kind of maintenance (backup, check, pruning) was last recorded, by act and result."""
    found = AuditEntry.objects.filter(kind=Kind.SYSTEM).order_by().values_list("act", "result").annotate(at=Max("at"))
    latest = {(act, result): _seconds(at) for act, result, at in found}
    return (
        "Unix time of the last audit entry of a maintenance act.",
        ["act", "result"],
        latest,
    )


def _audit_loose():
    loose = AuditEntry.objects.filter(number__isnull=True).count()
    return "Audit entries not sealed yet.", [], _unlabelled(loose)


def _sign_in_failures():
    since = timezone.now() - timedelta(minutes=15)
    failures = SignInFailure.objects.filter(at__gte=since).count()
    return "Failed sign-ins of the last 15 minutes.", [], _unlabelled(failures)


def _disk_free_bytes():
    return "Free bytes on the disk of DATA_DIR.", [], _unlabelled(shutil.disk_usage(settings.DATA_DIR).free)


def _seconds(moment):
    return moment.timestamp() if moment else 0


FIGURES = {
    "mails": _mails,
    "files": _files,
    "jobs": _jobs,
    "duties": _duties,
    "reminders_finished_timestamp_seconds": _reminders_finished,
    "system_entry_timestamp_seconds": _system_entry,
    "audit_entries_loose": _audit_loose,
    "sign_in_failures": _sign_in_failures,
    "disk_free_bytes": _disk_free_bytes,
}
