"""Copying of stored files from the storage to a backup and back."""

import hashlib

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS

from wenshang_disclosure.files import storage
from wenshang_disclosure.files.models import StoredFile

from .errors import Stopped
from .folder import CHUNK_BYTES

MISSING, CHANGED, UNREADABLE, REMOVED = "missing", "changed", "unreadable", "removed meanwhile"


def recorded_files():
    """Return `{path: SHA-256}` of every stored file by its record, without what the product made for somebody."""
    kept = _rows().exclude(path__startswith=storage.RESULTS)
    return dict(kept.order_by("pk").values_list("path", "sha256"))


def copy_out(folder, expected):
    """Copy the `expected` files to the backup; return `{path: SHA-256 of its content}` and `{path: fault}`.

    Stored files never change, so they may be copied after the snapshot.
    """
    sums, faults = {}, {}
    for path, digest in expected.items():
        try:
            sums[path], fault = _copy(folder, path, digest)
        except FileNotFoundError:
            fault = MISSING
        if fault:
            faults[path] = fault
    return sums, faults


def with_removed(faults):
    """Return the faults, with `REMOVED` for files that were deleted with their record during the backup."""
    missing = [path for path, why in faults.items() if why == MISSING]
    still_recorded = {path for path in missing if _rows().filter(path=path).exists()}
    return {**faults, **{path: REMOVED for path in missing if path not in still_recorded}}


def _rows():
    return StoredFile.objects.using(DEFAULT_DB_ALIAS)  # bypasses the router to a replica


def _copy(folder, path, expected):
    with default_storage.open(path) as source:
        content = _Content(source)
        folder.add(f"evidence/{path}", content)
    found = content.digest.hexdigest()
    return found, content.fault or ("" if found == expected else CHANGED)


class _Content:
    """The chunks of a file, hashed while they are read; a read error ends them early and sets `fault`."""

    def __init__(self, source):
        self.source, self.digest, self.fault = source, hashlib.sha256(), ""

    def __iter__(self):
        try:
            for chunk in self.source.chunks(CHUNK_BYTES):
                self.digest.update(chunk)
                yield chunk
        except OSError:
            self.fault = UNREADABLE


def copy_in(path, source):
    """Store a file at exactly `path`, replacing what an interrupted restore left there. Raises `Stopped`."""
    default_storage.delete(path)
    name = default_storage.save(path, File(source, name=path))
    if name != path:
        default_storage.delete(name)
        raise Stopped(f"The storage saved {path} under another name.")


def sum_of(path):
    """Return the SHA-256 of a file in the storage, `None` if it is missing."""
    try:
        with default_storage.open(path) as file:
            return storage.sum_of(file)
    except FileNotFoundError:
        return None
