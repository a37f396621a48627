"""How long entries are kept: the oldest links are taken away, and the chain tells up to where and goes on."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from wenshang_disclosure.core.dates import day_start

from . import chain
from .choices import Kind
from .models import AuditEntry
from .trail import record

AT_ONCE = 20_000


class Broken(Exception):
    """What is to be taken away is not as it was written: it stays, as the trace of that."""


def kept_from():
    """Return the moment whose entries and all later ones stay: AUDIT_KEEP_DAYS whole days, and today."""
    return day_start(timezone.localdate() - timedelta(days=settings.AUDIT_KEEP_DAYS))


def expired(before):
    """Return how many links, from the oldest on, are from before that moment: none behind a younger one counts."""
    first = _sealed().order_by("number").values_list("number", flat=True).first()
    return _last(before) - first + 1 if first else 0


def prune(before):
    """Take the links away that are from before that moment, in steps that are each whole; return how many went.

    Raises `Broken` where they are not as they were written.
    """
    gone = 0
    while taken := _take_away(before):
        gone += taken
    return gone


def _sealed():
    return AuditEntry.objects.filter(number__isnull=False)


def _last(before):
    """Return the number of the last link that may go; it is below the first one kept where none may."""
    kept = _sealed().filter(at__gte=before).order_by("number").values_list("number", flat=True).first()
    return kept - 1 if kept else chain.head()[0]


@transaction.atomic
def _take_away(before):
    chain.lock()
    after = chain.begins_after()[0]
    last = min(_last(before), after + AT_ONCE)
    if last <= after:
        return 0
    verdict = chain.verify(up_to=last)
    if verdict.broken:
        raise Broken(verdict.broken)
    until = _sealed().get(number=last).at
    detail = {"number": last, "hash": verdict.hash, "entries": verdict.entries, "until": until.isoformat()}
    record(Kind.SYSTEM, chain.LEFT_OUT, detail=detail)
    chain.seal()  # while its predecessor is still there, which may be the last that goes
    AuditEntry._base_manager.filter(number__lte=last).delete()
    return verdict.entries
