"""Entry point of all uploads: inspection in fixed steps, then storage outside every served folder."""

import contextlib
from pathlib import PurePath
from typing import NamedTuple

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils import timezone

from wenshang_disclosure.core.web import rate_limits
from wenshang_disclosure.core.web.forms import clean_text

from . import scanning, storage
from .choices import ScanState
from .inspection.judging import Verdict
from .models import StoredFile


class Inspected(NamedTuple):
    """An accepted upload: its display name and the results of the inspection."""

    name: str
    upload: File
    verdict: Verdict
    scan: ScanState

    def keep(self, by):
        """Store the content and return its unsaved `StoredFile`. Raises `NoSpace` or `StorageUnavailable`."""
        path, digest = storage.keep(self.upload)
        return StoredFile(
            path=path,
            size=self.upload.size,
            sha256=digest,
            uploaded_by=by,
            content_type=self.verdict.content_type,
            marks=self.verdict.in_words,
            scan=self.scan,
            scanned_at=timezone.now() if self.scan == ScanState.CLEAN else None,
        )


def inspect(uploads, use, *, by, check=lambda upload: None):
    """Return an `Inspected` for each upload, rewound to its beginning; nothing is stored.

    The steps are: the display name; the size by the `Use`; the hourly limit of `by` (`None` in a command, which has
    none); the content by the `Use`, then by the caller's `check(upload)`; the virus scan. Raises `Refused`, and
    `TooMany` above the hourly limit.
    """
    named = [(shown_name(upload.name), upload) for upload in uploads]
    for name, upload in named:
        use.refuse_size(name, upload.size)
    if named and by is not None:
        rate_limits.take(rate_limits.UPLOADS, by, len(named))
    return [_inspect_one(name, upload, use, by, check) for name, upload in named]


def _inspect_one(name, upload, use, by, check):
    verdict = use.judge(upload, name)
    check(upload)
    scan = scanning.refuse_infected(upload, by=by, name=name, needs_verdict=use.needs_scan_now)
    upload.seek(0)
    return Inspected(name, upload, verdict, scan)


@contextlib.contextmanager
def kept(uploads, use, *, by, check=lambda upload: None):
    """Inspect and store uploads, and yield `[(display name, unsaved StoredFile)]` for the block to save.

    Raises as `inspect` does, before any file is stored, and `NoSpace` or `StorageUnavailable`. Files that the block
    does not save are removed.
    """
    inspected = inspect(uploads, use, by=by, check=check)
    files = []
    with _unsaved_removed(files):
        for each in inspected:
            files.append((each.name, each.keep(by)))
        yield files


@contextlib.contextmanager
def _unsaved_removed(files):
    """Remove stored files that the block did not save, or whose rows were rolled back when it failed.

    If the connection to the database was lost, it is unknown whether the rows were committed, so the files are kept.
    `check_evidence --sweep` deletes such leftovers, and those of a killed process.
    """
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        with contextlib.suppress(DatabaseError):
            paths = {stored.path for _, stored in files}
            _remove(paths - set(StoredFile.objects.filter(path__in=paths).values_list("path", flat=True)))
        raise
    _remove(stored.path for _, stored in files if stored.pk is None)


def _remove(paths):
    for path in paths:
        default_storage.delete(path)


def shown_name(name):
    """Return a file's display name: without folders and control characters, at most 200 characters."""
    name = clean_text(PurePath(name.replace("\\", "/")).name.replace("\r", " ").replace("\n", " ")) or "未命名"
    return name if len(name) <= 200 else name[:150] + "…" + name[-40:]
