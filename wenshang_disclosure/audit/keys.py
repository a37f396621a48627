"""The keys that the application signs audit entries with, in a file outside the database: `DATA_DIR/audit/keys`.

The file is made with the first entry, readable by its account alone, a statement a line:

- `key HEX`: 32 random bytes. The last one signs, all of them verify.
- `unkeyed NUMBER`: entries up to this number may be unsigned, since they were written or restored from before.
- `lost ID`: the key of this id is gone for good; what it signed is not checked further.
"""

import hashlib
import hmac
import logging
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

log = logging.getLogger(__name__)

ID_LENGTH = 8
HEADER = "# Keys of the audit trail (docs/incidents.md). Keep a copy beside the settings: backups do not hold it.\n"


@dataclass(frozen=True)
class KeyRing:
    """Keys by id in the order of the file, ids of lost ones, and the last number that may be unsigned."""

    keys: dict = field(default_factory=dict)
    lost: frozenset = frozenset()
    unkeyed: int = 0

    @property
    def current(self):
        """The id of the key that signs, `None` if there is none."""
        return next(reversed(self.keys), None)

    def mac(self, key_id, content):
        """Return the HMAC-SHA256 (hex) of bytes by a key of the ring."""
        return hmac.new(self.keys[key_id], content, hashlib.sha256).hexdigest()


def path():
    """Return where the keys are kept."""
    return settings.DATA_DIR / "audit" / "keys"


def ring():
    """Return the keys of this machine; an empty ring if no entry was written here yet."""
    try:
        seen = path().stat()
    except FileNotFoundError:
        return KeyRing()
    return _read(path(), seen.st_mtime_ns, seen.st_size)


def for_signing(unkeyed):
    """Return the keys; make the first one if there is none, before which `unkeyed()` entries were written unsigned."""
    known = ring()
    if known.current is None:
        _make(f"{HEADER}unkeyed {unkeyed()}\nkey {_new_key()}\n")
        known = ring()
    return known


def add():
    """Add a key, which signs from now on; return its id."""
    _append(f"key {_new_key()}")
    return ring().current


def accept_unkeyed(number):
    """Let entries up to this number be unsigned: a backup from before there were keys was restored.

    The first key is made where there is none, as on a new machine.
    """
    if number > for_signing(lambda: number).unkeyed:
        _append(f"unkeyed {number}")


@lru_cache(maxsize=4)
def _read(file, *seen):
    keys, lost, unkeyed = {}, set(), 0
    for line in file.read_text(encoding="ascii").splitlines():
        kind, _, value = line.strip().partition(" ")
        if kind == "key":
            keys.pop(_id_of(value), None)
            keys[_id_of(value)] = bytes.fromhex(value)
        elif kind == "lost":
            lost.add(value)
        elif kind == "unkeyed":
            unkeyed = max(unkeyed, int(value))
    return KeyRing(keys, frozenset(lost), unkeyed)


def _new_key():
    return secrets.token_hex(32)


def _id_of(key):
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()[:ID_LENGTH]


def _make(text):
    """Write the file whole or not at all; whoever comes second keeps what the first wrote."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path().with_name(f"keys.{secrets.token_hex(4)}")
    _write(part, text, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        with suppress(FileExistsError):
            os.link(part, path())
            log.warning("A key for the audit trail was made: keep a copy of %s.", path())
    finally:
        part.unlink()


def _append(line):
    _write(path(), f"{line}\n", os.O_WRONLY | os.O_APPEND)


def _write(file, text, flags):
    with open(os.open(file, flags, 0o600), "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
