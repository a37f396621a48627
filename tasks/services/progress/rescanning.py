"""Files that wait for the virus scanner are shown to it again; what it finds is withheld, and people are told."""

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
    """How many files were cleared, infected, gone from the disk, and are still without a verdict."""

    clean: int = 0
    infected: int = 0
    gone: int = 0
    left: int = 0


def scan(*, everything=False):
    """Scan what waits, or with `everything` all files but those found infected; return the `Tally`.

    Ends early where the scanner is away, and may run twice at once.
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
    """Show one file to the scanner and keep what it says; give that, or `None` where the file is gone."""
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
    told = StoredFile.objects.select_for_update().filter(pk=stored.pk).exclude(scan=ScanState.INFECTED)
    current = told.first()
    if current is None:
        return
    was = current.scan
    told.update(scan=outcome, scanned_at=timezone.now())
    if outcome == ScanState.INFECTED:
        detail = {"virus": found[:100], "sha256": stored.sha256}
        record(Kind.SYSTEM, "已存文件发现病毒，予以封存", on=stored, detail=detail, result=Result.FAILED)
        _notify(stored)
    elif was == ScanState.WAITING:
        record(Kind.SYSTEM, "文件通过病毒扫描，可以打开", on=stored)


def _notify(stored):
    """Tell the office and the unit, a line for each duty whose evidence or request has the file."""
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
