"""Audit trails of any age, and tampering as by a database administrator."""

from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection

from wenshang_disclosure.audit import chain, guards
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.trail import entry


def sealed(*moments):
    """Return one sealed entry for each moment, in that order."""
    made = []
    for place, at in enumerate(moments, start=1):
        made.append(entry(Kind.CHANGE, f"第{place}件事"))
        made[-1].at = at
    chain.sign(made)
    AuditEntry.objects.bulk_create(made)
    chain.seal()
    return AuditEntry.objects.order_by("number")


@contextmanager
def unguarded(*models):
    """Drop the triggers of the models, by default of the trail, within the block."""
    for model in models or [AuditEntry]:
        guards.drop(connection, model)
    yield
    guards.create(using=DEFAULT_DB_ALIAS)


def by_hand(sql, *values):
    """Change rows outside the application, keeping the triggers."""
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def rewritten(first):
    """Renumber and rehash all entries from that number on, as somebody who has the key could."""
    with unguarded():
        number, previous = first - 1, AuditEntry.objects.get(number=first - 1).hash
        rest = list(AuditEntry.objects.filter(number__gte=first).order_by("number"))
        for one in rest:
            number += 1
            one.number, one.previous = number, previous
            one.hash = previous = chain.hash_of(one)
        AuditEntry._base_manager.bulk_update(rest, ["number", "previous", "hash"])
