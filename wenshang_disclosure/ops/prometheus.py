"""Figures for whoever watches the server, asked anew at each scrape in a query or two each; no names, no ids."""

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

log = logging.getLogger(__name__)

PATIENCE = 5
"""Seconds that all figures have together; what takes longer is left out of this scrape."""


class Gauges:
    """A collector for Prometheus."""

    def collect(self):
        """Return every figure that could be had, and which could not."""
        figures = ask_all({"figures": _all}, PATIENCE)["figures"] or {}
        missing = GaugeMetricFamily("wenshang_figure_missing", "1 where a figure could not be had.", labels=["figure"])
        for name in FIGURES:
            missing.add_metric([name], name not in figures)
            if name in figures:
                yield _family(name, *figures[name])
        yield missing

    def describe(self):
        """Name nothing beforehand: that would ask for the figures."""
        return []


def _all():
    """Ask for every figure in one thread, on one connection; leave out what the database refuses."""
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


def _by(values):
    """Return values by one label as by a tuple of labels."""
    return {(key,): value for key, value in values.items()}


def _alone(value):
    """Return one value that has no label."""
    return {(): value}


def _mails():
    mails = OutgoingMail.objects
    due = mails.waiting(timezone.now() - timedelta(minutes=30)).count()
    counts = {"unsent": mails.unsent().count(), "overdue": due, "given_up": mails.given_up().count()}
    return "E-mails by state; overdue ones should have been sent half an hour ago.", ["state"], _by(counts)


def _files():
    found = Counter(dict(StoredFile.objects.values_list("scan").annotate(Count("pk"))))
    return "Files of evidence by what the virus scanner said.", ["scan"], _by({s: found[s] for s in ScanState.values})


def _duties():
    latest = Plan.objects.issued().order_by("-year", "-pk").first()
    duties = Assignment.objects.filter(plan=latest).owed().with_light()
    found = Counter(dict(duties.order_by().values_list("light").annotate(Count("pk"))))
    return "Duties of the latest issued plan by light.", ["light"], _by({light: found[light] for light in Light.values})


def _reminders_finished():
    last = AutomaticReminderRun.objects.aggregate(at=Max("finished_at"))["at"]
    return "When the daily reminders last came to their end, in seconds since 1970.", [], _alone(_seconds(last))


def _system_entry():
    """When each kind of upkeep (backup, check, pruning) was last recorded: by its words in the trail and its result."""
    found = AuditEntry.objects.filter(kind=Kind.SYSTEM).order_by().values_list("act", "result").annotate(at=Max("at"))
    latest = {(act, result): _seconds(at) for act, result, at in found}
    return (
        "When an act of upkeep last came into the audit trail, in seconds since 1970.",
        ["act", "result"],
        latest,
    )


def _audit_loose():
    loose = AuditEntry.objects.filter(number__isnull=True).count()
    return "Audit entries that are not chained yet.", [], _alone(loose)


def _sign_in_failures():
    since = timezone.now() - timedelta(minutes=15)
    failures = SignInFailure.objects.filter(at__gte=since).count()
    return "Failed sign-ins of the last 15 minutes.", [], _alone(failures)


def _disk_free_bytes():
    return "Room left where the data lives.", [], _alone(shutil.disk_usage(settings.DATA_DIR).free)


def _seconds(moment):
    return moment.timestamp() if moment else 0


FIGURES = {
    "mails": _mails,
    "files": _files,
    "duties": _duties,
    "reminders_finished_timestamp_seconds": _reminders_finished,
    "system_entry_timestamp_seconds": _system_entry,
    "audit_entries_loose": _audit_loose,
    "sign_in_failures": _sign_in_failures,
    "disk_free_bytes": _disk_free_bytes,
}
