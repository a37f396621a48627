"""Writing of audit entries; the only module that does so."""

from datetime import date

from . import chain
from .choices import Result
from .models import AuditEntry
from .origin import current


def record(kind, act, *, by=None, on=None, detail=None, result=Result.DONE):
    """Add an entry in the caller's transaction; it is sealed after the commit.

    `act` is the act in Chinese as a reader would say it (“通过进展报告”). `by` is the person, by default the signed-in
    user, nobody in a command. `on` is the record acted on. `detail` is JSON-serialisable: numbers, days, field names;
    never passwords, tokens or texts of reports.
    """
    record_all([entry(kind, act, by=by, on=on, detail=detail, result=result)])


def record_all(entries):
    """Add entries made by `entry`, in a fixed number of queries."""
    if entries:
        chain.sign(entries)
        AuditEntry.objects.bulk_create(entries, batch_size=500)
        chain.seal_after_commit()


def entry(kind, act, *, by=None, on=None, detail=None, result=Result.DONE):
    """Return an unsaved entry; same arguments as `record`."""
    origin = current()
    if by is None or origin.user is not None and by.pk == origin.user.pk:
        by = origin.user  # as which of their posts the person works is known of the request alone
    known = by is not None and by.is_authenticated
    return AuditEntry(
        kind=kind,
        act=act[:100],
        result=result,
        actor_id=by.pk if known else None,
        account=by.get_username() if known else "",
        unit_id=by.unit_id if known else None,
        address=origin.address,
        request=origin.request,
        detail=_with_post(detail or {}, by),
        **_subject(on),
    )


def _with_post(detail, by):
    """Return the details with the further membership as which the person acted, where it was one."""
    post = getattr(by, "audit_post", "")
    return {"as": post, **detail} if post else detail


def differences(before, after):
    """Return `{name: [old, new]}` of the values of `after` that differ from `before`."""
    pairs = {name: [_plain(before.get(name)), _plain(new)] for name, new in after.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def _subject(on):
    if on is None:
        return {}
    says = getattr(on, "audit_name", None) or str(on)
    return {"subject_type": on._meta.label_lower, "subject_id": str(on.pk), "subject": says[:200]}
