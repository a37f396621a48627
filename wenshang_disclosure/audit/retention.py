"""Deletion of expired entries from the start of the chain, which records up to where."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from wenshang_disclosure.core.dates import day_start

from . import chain
from .choices import Kind
from .models import AuditEntry
from .trail import record

PRUNE_BATCH = 20_000


class Broken(Exception):
    """Expired entries fail verification and are kept as evidence."""


def kept_from():
    """Return the moment from which entries are kept: AUDIT_KEEP_DAYS whole days before today."""
    return day_start(timezone.localdate() - timedelta(days=settings.AUDIT_KEEP_DAYS))


def expired(before):
    """Return the number of entries before that moment, counted from the oldest without gaps."""
    first = _sealed().order_by("number").values_list("number", flat=True).first()
    return _last(before) - first + 1 if first else 0


def prune(before):
    """Delete the entries before that moment in batches, each a transaction; return how many.

    Raises `Broken` if they fail verification.
    """
    gone = 0
    while taken := _prune_batch(before):
        gone += taken
    return gone


def _sealed():
    return AuditEntry.objects.filter(number__isnull=False)


def _last(before):
    """Return the number of the last deletable entry, less than the first kept one's if there is none."""
    kept = _sealed().filter(at__gte=before).order_by("number").values_list("number", flat=True).first()
    return kept - 1 if kept else chain.head()[0]


@transaction.atomic
def _prune_batch(before):
    chain.lock()
    after = chain.pruned_up_to()[0]
    last = min(_last(before), after + PRUNE_BATCH)
    if last <= after:
        return 0
    verdict = chain.verify(up_to=last)
    if verdict.broken:
        raise Broken(verdict.broken)
    until = _sealed().get(number=last).at
    detail = {"number": last, "hash": verdict.hash, "entries": verdict.entries, "until": until.isoformat()}
    record(Kind.SYSTEM, chain.PRUNED, detail=detail)
    chain.seal()  # before its predecessor is deleted
    AuditEntry._base_manager.filter(number__lte=last).delete()
    return verdict.entries
