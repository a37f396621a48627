"""Encryption in the age format (https://age-encryption.org), which the `age` tool can decrypt; used where a key is set.

With a passphrase each backup has its own key, stored in `key.age` and encrypted with the passphrase:
`age -d -i key.age manifest.json.age`. With a recipient only the holder of that key can decrypt: `age -d -i FILE …`.
"""

import io
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import pyrage
from django.conf import settings
from pyrage import passphrase, x25519

from .errors import Stopped

KEY = "key.age"
PLAIN, BY_PASSPHRASE, BY_RECIPIENT = "", "passphrase", "recipient"
WRONG_KEY = "This backup cannot be opened with that key."


class Plain:
    """No encryption."""

    kind, suffix, key = PLAIN, "", None

    def write(self, chunks, out):
        """Write `chunks` to the open file `out`."""
        for chunk in chunks:
            out.write(chunk)

    def open(self, path):
        """Open a file of the backup for reading."""
        return path.open("rb")


class Age:
    """Encryption of each file separately, except the outer manifest."""

    suffix = ".age"

    def __init__(self, kind, *, recipient=None, identity=None, key=None):
        """Encrypt for `recipient`, decrypt with `identity`; `key` is stored in the backup."""
        self.kind, self.recipient, self.identity, self.key = kind, recipient, identity, key

    def write(self, chunks, out):
        """Write `chunks` to the open file `out`, in constant memory."""
        try:
            pyrage.encrypt_io(io.BufferedReader(_Chunks(chunks)), out, [self.recipient])
        except pyrage.EncryptError as fault:
            raise Stopped(f"Writing failed: {fault}") from fault

    @contextmanager
    def open(self, path):
        """Open a file of the backup for reading, decrypted to an unnamed temporary file in `DATA_DIR`."""
        with path.open("rb") as source, TemporaryFile(dir=settings.DATA_DIR) as content:
            try:
                pyrage.decrypt_io(source, content, [self.identity])
            except (pyrage.DecryptError, OSError) as fault:
                raise Stopped(f"{WRONG_KEY} ({path.name}: {fault})") from fault
            content.seek(0)
            yield content


class _Chunks(io.RawIOBase):
    """A file of chunks that are generated while it is read."""

    def __init__(self, chunks):
        self.chunks, self.rest = iter(chunks), memoryview(b"")

    def readable(self):
        return True

    def readinto(self, room):
        while not self.rest:
            piece = next(self.chunks, None)
            if piece is None:
                return 0
            self.rest = memoryview(piece)
        size = min(len(room), len(self.rest))
        room[:size], self.rest = self.rest[:size], self.rest[size:]
        return size


def has_key():
    """Return whether the settings have a key for backups."""
    return bool(settings.BACKUP_PASSPHRASE or settings.BACKUP_RECIPIENT)


def for_writing():
    """Return the cipher of a new backup by the settings. Raises `Stopped` if none or both of them are set."""
    secret, recipient = settings.BACKUP_PASSPHRASE, settings.BACKUP_RECIPIENT
    if bool(secret) == bool(recipient):
        raise Stopped("--encrypt requires either BACKUP_PASSPHRASE or BACKUP_RECIPIENT.")
    if recipient:
        return Age(BY_RECIPIENT, recipient=_public(recipient))
    identity = x25519.Identity.generate()
    key = passphrase.encrypt(f"{identity}\n".encode(), secret)
    return Age(BY_PASSPHRASE, recipient=identity.to_public(), key=key)


def _public(recipient):
    try:
        return x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as fault:
        raise Stopped("BACKUP_RECIPIENT is not a public key of age.") from fault


def for_reading(kind, folder, identity_file=None):
    """Return the cipher to read a backup of `kind`. Raises `Stopped` if the key is missing or wrong."""
    if kind == PLAIN:
        return Plain()
    if kind == BY_PASSPHRASE:
        return Age(kind, identity=_kept_identity(folder / KEY))
    if identity_file is None:
        raise Stopped("This backup is encrypted for a recipient: pass the file with its private key with --identity.")
    return Age(kind, identity=_identity(Path(identity_file).read_text(encoding="utf-8")))


def _kept_identity(path):
    if not settings.BACKUP_PASSPHRASE:
        raise Stopped("This backup is encrypted: set BACKUP_PASSPHRASE.")
    try:
        return _identity(passphrase.decrypt(path.read_bytes(), settings.BACKUP_PASSPHRASE).decode())
    except pyrage.DecryptError as fault:
        raise Stopped("BACKUP_PASSPHRASE is not the passphrase of this backup.") from fault


def _identity(text):
    lines = [line.strip() for line in text.splitlines() if line.startswith("AGE-SECRET-KEY-")]
    if len(lines) != 1:
        raise Stopped("The key file must contain exactly one line that begins with AGE-SECRET-KEY-.")
    try:
        return x25519.Identity.from_str(lines[0])
    except pyrage.IdentityError as fault:
        raise Stopped("The key file does not contain a valid age key.") from fault
