"""Files that records tell of: out of the storage into a backup, and back."""

import hashlib

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS

from wenshang_disclosure.files import storage
from wenshang_disclosure.files.models import StoredFile

from .errors import Stopped
from .folder import CHUNK

MISSING, CHANGED, UNREADABLE, REMOVED = "missing", "changed", "unreadable", "removed meanwhile"


def told_of():
    """Return `{path: SHA-256}` of every file that records tell of."""
    return dict(_rows().order_by("pk").values_list("path", "sha256"))


def copy_out(folder, expected):
    """Copy those files; give `{path: SHA-256 of its content}` and `{path: what is wrong}`.

    A file never changes once it is written, so that copying after the snapshot is as good as within it.
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
    """Return the faults, with those files told apart that somebody removed, record and all, while the backup ran."""
    missing = [path for path, why in faults.items() if why == MISSING]
    still_told_of = {path for path in missing if _rows().filter(path=path).exists()}
    return {**faults, **{path: REMOVED for path in missing if path not in still_told_of}}


def _rows():
    return StoredFile.objects.using(DEFAULT_DB_ALIAS)  # past the router to a replica


def _copy(folder, path, expected):
    with default_storage.open(path) as source:
        content = _Content(source)
        folder.add(f"evidence/{path}", content)
    found = content.digest.hexdigest()
    return found, content.fault or ("" if found == expected else CHANGED)


class _Content:
    """The pieces of a file, summed while they are read; a bad disk ends them early, and `fault` says so."""

    def __init__(self, source):
        self.source, self.digest, self.fault = source, hashlib.sha256(), ""

    def __iter__(self):
        try:
            for chunk in self.source.chunks(CHUNK):
                self.digest.update(chunk)
                yield chunk
        except OSError:
            self.fault = UNREADABLE


def copy_in(path, source):
    """Put a file into the storage at exactly that path, in the place of what a killed run left there."""
    default_storage.delete(path)
    name = default_storage.save(path, File(source, name=path))
    if name != path:
        default_storage.delete(name)
        raise Stopped(f"The storage gives {path} another name.")


def sum_of(path):
    """Return the SHA-256 of a file in the storage, `None` where it is not there."""
    try:
        with default_storage.open(path) as file:
            return storage.sum_of(file)
    except FileNotFoundError:
        return None
