"""The one way by which something gets into the audit trail."""

from datetime import date

from . import chain
from .choices import Result
from .models import AuditEntry
from .origin import current


def record(kind, act, *, by=None, on=None, detail=None, result=Result.DONE):
    """Add an entry in the caller's transaction; it is sealed into the chain once that is committed.

    `act` is what was done, in Chinese, the way a reader says it (“通过进展报告”). `by` is the person, whoever is
    signed in where left out, nobody (the system) in a command. `on` is the record that it was done to. `detail` is
    plain JSON: numbers, days, names of fields; never a password, a token or a report's text.
    """
    record_all([entry(kind, act, by=by, on=on, detail=detail, result=result)])


def record_all(entries):
    """Add what `entry` made, in a fixed number of queries."""
    if entries:
        AuditEntry.objects.bulk_create(entries, batch_size=500)
        chain.seal_after_commit()


def entry(kind, act, *, by=None, on=None, detail=None, result=Result.DONE):
    """Return an entry that is not kept yet. Takes what `record` takes."""
    origin = current()
    by = by or origin.user
    known = by is not None and by.is_authenticated
    return AuditEntry(
        kind=kind,
        act=act[:100],
        result=result,
        actor_id=by.pk if known else None,
        account=by.get_username() if known else "",
        address=origin.address,
        request=origin.request,
        detail=detail or {},
        **_subject(on),
    )


def differences(before, after):
    """Return `{name: [old, new]}` of what `after` has otherwise than `before`, for the detail of an entry."""
    pairs = {name: [_plain(before.get(name)), _plain(new)] for name, new in after.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def _subject(on):
    if on is None:
        return {}
    says = getattr(on, "audit_name", None) or str(on)
    return {"subject_type": on._meta.label_lower, "subject_id": str(on.pk), "subject": says[:200]}
