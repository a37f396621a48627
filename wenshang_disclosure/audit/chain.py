"""Each entry carries the sum of the one before, so that a change, a gap or a forged entry shows (安全审计).

An entry is written in the transaction of what it tells of, and sealed just after: the chain is one line, and no
transaction waits for another's. What a crash left unsealed is sealed with the next entry.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC

from django.db import connection, transaction

from .models import AuditEntry

AT_ONCE = 500
LOCK = 0x77656E7368616E67  # any number that nobody else locks by
LEFT_OUT = "移除到期的审计记录"
"""The act of the entry that tells up to where older entries were taken away; `verify` begins after it."""


def seal_after_commit():
    """Seal once the present transaction is committed, however often it is asked for in it."""
    if not any(seal in call for call in connection.run_on_commit):
        transaction.on_commit(seal, robust=True)


def seal():
    """Number and chain every committed entry that is not sealed yet, in order; give how many."""
    done = 0
    while sealed := _seal_some():
        done += sealed
        if sealed < AT_ONCE:
            break
    return done


@transaction.atomic
def _seal_some():
    _lock()
    loose = list(AuditEntry.objects.filter(number__isnull=True).order_by("pk")[:AT_ONCE])
    if not loose:
        return 0
    number, previous = head()
    for entry in loose:
        number += 1
        entry.number, entry.previous = number, previous
        entry.hash = previous = sum_of(entry)
    AuditEntry._base_manager.bulk_update(loose, ["number", "previous", "hash"])
    return len(loose)


def _lock():
    """Let one seal at a time; on SQLite the transaction itself is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def head():
    """Give number and sum of the last sealed entry, `(0, "")` where there is none."""
    last = AuditEntry.objects.filter(number__isnull=False).order_by("-number").values_list("number", "hash").first()
    return last or (0, "")


def sum_of(entry):
    """Give the SHA-256 of what the entry says and of its place in the chain."""
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
    text = json.dumps(says, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: entries read, the last good link, and the first broken one with why (empty where none)."""

    entries: int
    number: int
    hash: str
    broken: str = ""


def verify():
    """Read the whole chain from its first entry, and stop at the first link that is broken."""
    number, previous = _begins_after()
    count = 0
    for entry in AuditEntry.objects.filter(number__isnull=False).order_by("number").iterator(chunk_size=2000):
        if fault := _fault(entry, number, previous):
            return Verdict(count, number, previous, fault)
        number, previous, count = entry.number, entry.hash, count + 1
    return Verdict(count, number, previous)


def _begins_after():
    """Give number and sum that the oldest kept entry follows: what was taken away last, or nothing."""
    gone = AuditEntry.objects.filter(act=LEFT_OUT, number__isnull=False).order_by("-number").first()
    return (gone.detail["number"], gone.detail["hash"]) if gone else (0, "")


def _fault(entry, number, previous):
    if entry.number != number + 1:
        return f"第{number + 1}条缺失，其后是第{entry.number}条。"
    if entry.previous != previous:
        return f"第{entry.number}条与前一条不衔接。"
    if entry.hash != sum_of(entry):
        return f"第{entry.number}条内容与其摘要不符。"
    return ""
