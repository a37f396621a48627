"""Digests of records that must not change any more, kept in the signed entry of the act that settled them.

An app registers a kind of record with a function from ids to `{id: digest}` of those that are settled now; a record
that is open again (a withdrawn report) is there with `None`, one that was deleted is not. `verify_audit` compares.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal

CONTENT = "content"
"""Key of the digest in an entry's detail; the id stands under the name of the kind."""
BATCH_ROWS = 500

_kinds = {}


def register(kind, label, digests):
    """Compare the records of a kind; `kind` is the key of their id in details, `label` their name in Chinese."""
    _kinds[kind] = (label, digests)


def detail_of(kind, pk):
    """Return what an entry's detail has of a record that is settled by its act: id and digest."""
    return {kind: pk, CONTENT: _kinds[kind][1]([pk])[pk]}


def digest(values):
    """Return the SHA-256 (hex) of plain values, lists and dictionaries, alike on both databases."""
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def noted_in(entry):
    """Return `(kind, id, digest)` of the record that an entry settled, `None` for other entries."""
    if CONTENT not in entry.detail:
        return None
    kind = next((kind for kind in _kinds if kind in entry.detail), None)
    return kind and (kind, entry.detail[kind], entry.detail[CONTENT])


def compare(noted):
    """Return a sentence for each record of `{(kind, id): (digest, entry number)}` that changed or is gone."""
    return [fault for kind in _kinds for fault in _compare_kind(kind, noted)]


def _compare_kind(kind, noted):
    label, digests = _kinds[kind]
    wanted = {pk: known for (other, pk), known in noted.items() if other == kind}
    ids = sorted(wanted)
    for start in range(0, len(ids), BATCH_ROWS):
        found = digests(ids[start : start + BATCH_ROWS])
        for pk in ids[start : start + BATCH_ROWS]:
            before, number = wanted[pk]
            if pk not in found:
                yield f"{label}（编号{pk}）已不存在，第{number}条记有其报送或公布时的内容摘要。"
            elif found[pk] not in (None, before):
                yield f"{label}（编号{pk}）的内容与第{number}条所记的摘要不符，已被改动。"


def _plain(value):
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else None
