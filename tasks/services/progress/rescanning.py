"""Scanning of stored files that have not been scanned; infected files are withheld and people are notified."""

from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import User
from tasks.models import Assignment, Evidence, ExtensionFile
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.files.choices import ScanState
from wenshang_disclosure.files.models import StoredFile
from wenshang_disclosure.files.scanning import is_away, scan_file


@dataclass
class Tally:
    """Numbers of files that were clean, infected, missing from storage (`gone`) or not scanned (`left`)."""

    clean: int = 0
    infected: int = 0
    gone: int = 0
    left: int = 0


def scan(*, everything=False):
    """Scan the waiting files, or with `everything` all except infected ones; return the `Tally`.

    Ends early where the scanner is unavailable; may run concurrently.
    """
    files = StoredFile.objects.order_by("pk")
    files = files.exclude(scan=ScanState.INFECTED) if everything else files.filter(scan=ScanState.WAITING)
    tally = Tally()
    keys = list(files.values_list("pk", flat=True))
    for done, key in enumerate(keys, start=1):
        outcome = _scan_one(key)
        _count(tally, outcome)
        if outcome == ScanState.WAITING and is_away():
            tally.left += len(keys) - done
            break
    return tally


def _scan_one(key):
    """Scan one file, record the result and return it; `None` where the file is gone."""
    stored = StoredFile.objects.filter(pk=key).first()
    if stored is None:
        return None
    try:
        with default_storage.open(stored.path) as content:
            outcome, found = scan_file(content)
    except FileNotFoundError:
        return None
    if outcome in {ScanState.CLEAN, ScanState.INFECTED}:
        _record_outcome(stored, outcome, found)
    return outcome


@transaction.atomic
def _record_outcome(stored, outcome, found):
    rows = StoredFile.objects.select_for_update().filter(pk=stored.pk).exclude(scan=ScanState.INFECTED)
    current = rows.first()
    if current is None:
        return
    was = current.scan
    rows.update(scan=outcome, scanned_at=timezone.now())
    if outcome == ScanState.INFECTED:
        detail = {"virus": found[:100], "sha256": stored.sha256}
        record(Kind.SYSTEM, "已存文件发现病毒，予以封存", on=stored, detail=detail, result=Result.FAILED)
        _notify_of_infection(stored)
    elif was == ScanState.WAITING:
        record(Kind.SYSTEM, "文件通过病毒扫描，可以打开", on=stored)


def _notify_of_infection(stored):
    """Notify the office and the unit of each duty whose evidence or extension request has the file."""
    of_reports = Evidence.objects.filter(stored=stored).values("report__assignment")
    of_requests = ExtensionFile.objects.filter(stored=stored).values("extension__assignment")
    duties = Assignment.objects.filter(pk__in=of_reports) | Assignment.objects.filter(pk__in=of_requests)
    duties = list(duties.select_related("unit", "task"))
    notifications.notify_of_duties(
        duties, lambda duty: f"第{duty.task.number}项所附文件中发现病毒，已经封存，请查杀后重新提供。"
    )
    office = User.objects.filter(role=Role.OFFICE, is_active=True)
    notifications.notify(
        (
            person,
            f"{duty.unit.label}第{duty.task.number}项所附文件中发现病毒，已经封存。",
            reverse("tasks:assignment", args=[duty.pk]),
        )
        for person in office
        for duty in duties
    )


def _count(tally, outcome):
    name = {ScanState.CLEAN: "clean", ScanState.INFECTED: "infected", None: "gone"}.get(outcome, "left")
    setattr(tally, name, getattr(tally, name) + 1)
