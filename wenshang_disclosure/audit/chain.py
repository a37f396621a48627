"""The hash chain of the audit trail: each entry holds the hash of the one before, so that tampering shows.

An entry is signed when it is written, in the transaction that it records, and sealed after the commit, so that no
transaction waits for another's, and after the answer, so that nobody waits for it. Entries left unsealed by a crash are
sealed with the next one. Signature and hash are keyed (`keys`): who can write to the database but does not have the key
can neither add entries nor compute the chain anew.
"""

import hmac
import json
import logging
import re
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.db import DatabaseError, connection, transaction
from django.db.models import Count
from django.utils import timezone

from wenshang_disclosure.core.db import advisory_lock

from . import contents, keys, origin
from .choices import Kind
from .models import AuditEntry

log = logging.getLogger(__name__)

SEAL_BATCH = 500
READ_BATCH = 2000
MAX_FAULTS = 20
CLOCK_TOLERANCE = timedelta(hours=1)
"""How much earlier than its predecessor an entry may be: transactions are sealed in the order of their commits."""
SIGNATURE = re.compile(r"[0-9a-f]{8}\.[0-9a-f]{16}\.[0-9a-f]{64}")
"""Id of the key, a value used once, HMAC-SHA256."""
PRUNED = "移除到期的审计记录"
"""Act of the entry that records up to which number entries were pruned; `verify` begins after that number."""


class _Waiting(threading.local):
    """Whether entries of the request that this thread answers wait to be sealed."""

    entries = False


_waiting = _Waiting()


def seal_after_commit():
    """Seal once the current transaction has committed: after the answer where a request is being answered."""
    if not any(_seal_in_time in call for call in connection.run_on_commit):
        transaction.on_commit(_seal_in_time, robust=True)


def _seal_in_time():
    if origin.current().request:
        _waiting.entries = True
    else:
        seal()


def seal_after_answer(sender, **kwargs):
    """Seal the entries of the request that was just answered; receiver of `request_finished`.

    What goes wrong is logged: the entries are sealed with the next ones.
    """
    if _waiting.entries:
        _waiting.entries = False
        try:
            seal()
        except DatabaseError:
            log.exception("sealing")


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


def sign(entries):
    """Sign the content of unsaved entries, each with a value used once, so that none can be copied."""
    known = keys.for_signing(unsigned_up_to)
    for entry in entries:
        once = secrets.token_hex(8)
        entry.signature = f"{known.current}.{once}.{known.mac(known.current, _signed(entry, once))}"


def unsigned_up_to():
    """Return the number before the first signed entry; if none is signed, the one that the last entry will have."""
    sealed = AuditEntry.objects.filter(number__isnull=False)
    if first := sealed.exclude(signature="").order_by("number").values_list("number", flat=True).first():
        return first - 1
    return head()[0] + AuditEntry.objects.filter(number__isnull=True).count()


def hash_of(entry):
    """Return the hash (hex) of an entry's content, number and previous hash.

    That is the HMAC-SHA256 by the key that signed the entry, the SHA-256 where it is not signed.
    """
    says = [entry.number, entry.previous, *_content(entry)]
    if entry.unit_id is not None:  # entries without a unit keep the hash that they had before units were kept
        says.append(entry.unit_id)
    if entry.signature:
        says.append(entry.signature)
    known, key_id = keys.ring(), _key_of(entry)
    return known.mac(key_id, _canonical(says)) if key_id in known.keys else sha256(_canonical(says)).hexdigest()


def _content(entry):
    return [
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


def _signed(entry, once):
    content = json.loads(json.dumps([once, *_content(entry), entry.unit_id]))  # keys as the database gives them back
    return _canonical(content)


def _canonical(says):
    text = json.dumps(says, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode(errors="surrogatepass")


def _key_of(entry):
    return entry.signature.partition(".")[0]


SIGNED, UNSIGNED, LOST, UNKNOWN, FORGED = "signed", "unsigned", "lost", "unknown", "forged"


def origin_of(entry, known):
    """Return whether a sealed entry was `SIGNED` by a key of ours.

    `UNSIGNED`: written before there were keys. `LOST`, `UNKNOWN`: by a key declared lost, by one that is not here.
    `FORGED`: by nobody that has the key.
    """
    if not entry.signature:
        return UNSIGNED if entry.number <= known.unkeyed else FORGED
    if not SIGNATURE.fullmatch(entry.signature):
        return FORGED
    key_id, once, mac = entry.signature.split(".")
    if key_id not in known.keys:
        return LOST if key_id in known.lost else UNKNOWN
    return SIGNED if hmac.compare_digest(mac, known.mac(key_id, _signed(entry, once))) else FORGED


def is_as_written(entry):
    """Return whether a sealed entry is as it was written, as far as it alone can show."""
    intact = entry.number is not None and entry.hash == hash_of(entry)
    return intact and origin_of(entry, keys.ring()) in (SIGNED, UNSIGNED)


@dataclass(frozen=True)
class Fault:
    """What is wrong with the chain at an entry, and the entry's time."""

    says: str
    at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """Result of `verify`.

    Entries read, number and hash of the last valid one before the first fault, the faults, what is odd but no fault,
    `(key id, number of the first, count)` of entries signed by keys that are not here, and what signed entries note
    of records that must not change: `{(kind, id): (digest, entry number)}`.
    """

    entries: int
    number: int
    hash: str
    faults: tuple = ()
    oddities: tuple = ()
    unknown: tuple = ()
    unsigned: int = 0
    contents: dict = field(default_factory=dict, compare=False)

    @property
    def broken(self):
        """The first fault, empty if there is none."""
        return self.faults[0].says if self.faults else ""


def verify(up_to=None):
    """Verify the chain from its first kept entry (up to number `up_to`).

    Reads in batches, so that neither memory nor transaction length grows with the chain.
    """
    while True:
        start = pruned_up_to()
        verdict = _Walk(*start).along(_links(up_to))
        if not verdict.broken or pruned_up_to() == start:  # otherwise entries were pruned meanwhile
            return verdict


def pruned_up_to():
    """Return number and hash of the last pruned entry, `(0, "")` if nothing was pruned; forged entries do not count."""
    known = keys.ring()
    said = AuditEntry.objects.filter(kind=Kind.SYSTEM, act=PRUNED, number__isnull=False).order_by("-number")
    gone = next((entry for entry in said if origin_of(entry, known) != FORGED), None)
    return (gone.detail["number"], gone.detail["hash"]) if gone else (0, "")


class _Walk:
    """The way along the chain: what was read so far, and what is wrong with it."""

    def __init__(self, number, previous):
        self.number, self.previous, self.at = number, previous, None
        self.good = (number, previous)
        self.count, self.unsigned, self.unknown = 0, 0, {}
        self.faults, self.oddities, self.known, self.contents = [], [], keys.ring(), {}

    def along(self, entries):
        """Return the verdict on all entries; after a fault it goes on from the entry that has it."""
        for entry in entries:
            self._step(entry)
            if len(self.faults) >= MAX_FAULTS:
                break
        else:
            self.faults += _copies()
        faults, oddities = tuple(self.faults), tuple(self.oddities)
        unknown = tuple((key_id, numbers[0], len(numbers)) for key_id, numbers in self.unknown.items())
        return Verdict(self.count, *self.good, faults, oddities, unknown, self.unsigned, self.contents)

    def _step(self, entry):
        origin = origin_of(entry, self.known)
        if says := _fault(entry, self.number, self.previous, origin):
            self.faults.append(Fault(says, entry.at))
        self._note_time(entry)
        if not self.faults:
            self.good, self.count = (entry.number, entry.hash), self.count + 1
        self.unsigned += origin == UNSIGNED
        if origin == SIGNED and (noted := contents.noted_in(entry)):
            self.contents[noted[:2]] = (noted[2], entry.number)
        if origin == UNKNOWN:
            self.unknown.setdefault(_key_of(entry), []).append(entry.number)
        self.number, self.previous = entry.number, entry.hash

    def _note_time(self, entry):
        if self.at and entry.at < self.at - CLOCK_TOLERANCE and len(self.oddities) < MAX_FAULTS:
            moments = f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M}", f"{timezone.localtime(self.at):%Y-%m-%d %H:%M}"
            self.oddities.append(f"第{entry.number}条的时间（{moments[0]}）早于前一条（{moments[1]}）。")
        self.at = entry.at


def _links(up_to):
    sealed = AuditEntry.objects.filter(number__isnull=False).order_by("number")
    if up_to is not None:
        sealed = sealed.filter(number__lte=up_to)
    some = list(sealed[:READ_BATCH])
    while some:
        yield from some
        some = list(sealed.filter(number__gt=some[-1].number)[:READ_BATCH])


def _copies():
    """Return a fault for each signature that stands on several entries."""
    signed = AuditEntry.objects.exclude(signature="").order_by()
    twice = signed.values("signature").annotate(times=Count("pk")).filter(times__gt=1)[:MAX_FAULTS]
    for signature in [row["signature"] for row in twice]:
        first, second = AuditEntry.objects.filter(signature=signature).order_by("number")[:2]
        yield Fault(f"第{second.number}条是第{first.number}条的复制件，系插入。", second.at)


def _fault(entry, number, previous, origin):
    if entry.number <= number:
        return f"第{entry.number}条不应存在，链从第{number + 1}条开始。"
    if entry.number != number + 1:
        return f"第{number + 1}条缺失，其后是第{entry.number}条。"
    if entry.previous != previous:
        return f"第{entry.number}条与前一条不衔接。"
    if origin not in (LOST, UNKNOWN) and entry.hash != hash_of(entry):
        return f"第{entry.number}条内容与其摘要不符。"
    if origin == FORGED:
        return f"第{entry.number}条没有本系统的签名，系插入。"
    return ""
