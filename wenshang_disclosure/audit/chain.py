"""The hash chain of the audit trail: each entry holds the hash of the one before, so that tampering shows.

An entry is written in the transaction that it records and sealed right after the commit, so that no transaction
waits for another's. Entries left unsealed by a crash are sealed with the next one.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from wenshang_disclosure.core.db import advisory_lock

from .choices import Kind
from .models import AuditEntry

SEAL_BATCH = 500
READ_BATCH = 2000
PRUNED = "移除到期的审计记录"
"""Act of the entry that records up to which number entries were pruned; `verify` begins after that number."""


def seal_after_commit():
    """Seal when the current transaction commits, once however often it is called."""
    if not any(seal in call for call in connection.run_on_commit):
        transaction.on_commit(seal, robust=True)


def seal():
    """Number and hash all committed unsealed entries in order; return how many."""
    done = 0
    while sealed := _seal_some():
        done += sealed
        if sealed < SEAL_BATCH:
            break
    return done


@transaction.atomic
def _seal_some():
    lock()
    loose = list(AuditEntry.objects.filter(number__isnull=True).order_by("pk")[:SEAL_BATCH])
    if not loose:
        return 0
    number, previous = head()
    for entry in loose:
        number += 1
        entry.number, entry.previous = number, previous
        entry.hash = previous = hash_of(entry)
    AuditEntry._base_manager.bulk_update(loose, ["number", "previous", "hash"])
    return len(loose)


def lock():
    """Serialise sealing and pruning with an advisory lock."""
    advisory_lock("audit chain")


def head():
    """Return number and hash of the last sealed entry, `(0, "")` if there is none."""
    last = AuditEntry.objects.filter(number__isnull=False).order_by("-number").values_list("number", "hash").first()
    return last or (0, "")


def hash_of(entry):
    """Return the SHA-256 (hex) of an entry's content, number and previous hash."""
    says = [
        entry.number,
        entry.previous,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.kind,
        entry.act,
        entry.result,
        entry.actor_id,
        entry.account,
        entry.address,
        entry.subject_type,
        entry.subject_id,
        entry.subject,
        entry.detail,
        entry.request,
    ]
    if entry.unit_id is not None:  # entries without a unit keep the hash that they had before units were kept
        says.append(entry.unit_id)
    text = json.dumps(says, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """Result of `verify`: entries read, number and hash of the last valid one, and the first fault with its time."""

    entries: int
    number: int
    hash: str
    broken: str = ""
    broken_at: datetime | None = None


def verify(up_to=None):
    """Verify the chain from its first kept entry (up to number `up_to`), stopping at the first fault.

    Reads in batches, so that neither memory nor transaction length grows with the chain.
    """
    while True:
        start = pruned_up_to()
        verdict = _walk(*start, up_to)
        if not verdict.broken or pruned_up_to() == start:  # otherwise entries were pruned meanwhile
            return verdict


def pruned_up_to():
    """Return number and hash of the last pruned entry, `(0, "")` if nothing was pruned."""
    gone = AuditEntry.objects.filter(kind=Kind.SYSTEM, act=PRUNED, number__isnull=False).order_by("-number").first()
    return (gone.detail["number"], gone.detail["hash"]) if gone else (0, "")


def _walk(number, previous, up_to):
    count = 0
    for entry in _links(up_to):
        if fault := _fault(entry, number, previous):
            return Verdict(count, number, previous, fault, entry.at)
        number, previous, count = entry.number, entry.hash, count + 1
    return Verdict(count, number, previous)


def _links(up_to):
    sealed = AuditEntry.objects.filter(number__isnull=False).order_by("number")
    if up_to is not None:
        sealed = sealed.filter(number__lte=up_to)
    some = list(sealed[:READ_BATCH])
    while some:
        yield from some
        some = list(sealed.filter(number__gt=some[-1].number)[:READ_BATCH])


def _fault(entry, number, previous):
    if entry.number <= number:
        return f"第{entry.number}条不应存在，链从第{number + 1}条开始。"
    if entry.number != number + 1:
        return f"第{number + 1}条缺失，其后是第{entry.number}条。"
    if entry.previous != previous:
        return f"第{entry.number}条与前一条不衔接。"
    if entry.hash != hash_of(entry):
        return f"第{entry.number}条内容与其摘要不符。"
    return ""
