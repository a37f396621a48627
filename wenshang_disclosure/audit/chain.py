"""Each entry carries the sum of the one before, so that a change, a gap or a forged entry shows (安全审计).

An entry is written in the transaction of what it tells of, and sealed just after: the chain is one line, and no
transaction waits for another's. What a crash left unsealed is sealed with the next entry.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from wenshang_disclosure.core.db import one_at_a_time

from .choices import Kind
from .models import AuditEntry

AT_ONCE = 500
READ_AT_ONCE = 2000
LEFT_OUT = "移除到期的审计记录"
"""The act of the entry that tells up to where older entries were taken away; `verify` begins after it."""


def seal_after_commit():
    """Seal once the present transaction is committed, however often it is asked for in it."""
    if not any(seal in call for call in connection.run_on_commit):
        transaction.on_commit(seal, robust=True)


def seal():
    """Number and chain every committed entry that is not sealed yet, in order; return how many."""
    done = 0
    while sealed := _seal_some():
        done += sealed
        if sealed < AT_ONCE:
            break
    return done


@transaction.atomic
def _seal_some():
    lock()
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


def lock():
    """Let one at a time seal, or take the oldest links away."""
    one_at_a_time("audit chain")


def head():
    """Return number and sum of the last sealed entry, `(0, "")` where there is none."""
    last = AuditEntry.objects.filter(number__isnull=False).order_by("-number").values_list("number", "hash").first()
    return last or (0, "")


def sum_of(entry):
    """Return the SHA-256 of what the entry says and of its place in the chain."""
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
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many links it read, the last good one, what is wrong with the next and of when it is."""

    entries: int
    number: int
    hash: str
    broken: str = ""
    broken_at: datetime | None = None


def verify(up_to=None):
    """Read the chain from its first kept link (as far as number `up_to`), and stop at the first that is broken.

    Reads some thousand links at a time, so that neither memory nor a long transaction grows with the chain.
    """
    while True:
        start = begins_after()
        verdict = _walk(*start, up_to)
        if not verdict.broken or begins_after() == start:  # or else old links were taken away while we read
            return verdict


def begins_after():
    """Return number and sum that the oldest kept link follows: of what was taken away last, or nothing."""
    gone = AuditEntry.objects.filter(kind=Kind.SYSTEM, act=LEFT_OUT, number__isnull=False).order_by("-number").first()
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
    some = list(sealed[:READ_AT_ONCE])
    while some:
        yield from some
        some = list(sealed.filter(number__gt=some[-1].number)[:READ_AT_ONCE])


def _fault(entry, number, previous):
    if entry.number <= number:
        return f"第{entry.number}条不应存在，链从第{number + 1}条开始。"
    if entry.number != number + 1:
        return f"第{number + 1}条缺失，其后是第{entry.number}条。"
    if entry.previous != previous:
        return f"第{entry.number}条与前一条不衔接。"
    if entry.hash != sum_of(entry):
        return f"第{entry.number}条内容与其摘要不符。"
    return ""
