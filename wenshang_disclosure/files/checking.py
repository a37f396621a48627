"""Integrity check of stored files (数据完整性): missing, changed and unrecorded files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.outages import StorageAway

from .models import StoredFile
from .signals import files_missing
from .storage import stored_paths, sum_of

BATCH_ROWS = 500


@dataclass
class Findings:
    """Result of a check: paths by fault; `swept` are those of `extra` that were deleted."""

    files: int = 0
    bytes: int = 0
    missing: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    extra: list = field(default_factory=list)
    swept: list = field(default_factory=list)

    @property
    def is_sound(self):
        """Whether every record has its file, and every remaining file has a record."""
        return not (self.missing or self.changed or set(self.extra) - set(self.swept))


def check(*, is_quick=False, grace=timedelta(days=1), sweep=False, write_line=lambda line: None):
    """Check every stored file, with `is_quick` its size only; return the `Findings`, and write a line for each fault.

    Files without a record count as extra once they are older than `grace`, since the records of newer ones may not be
    saved yet; with `sweep` they are deleted. The office is notified of missing or changed evidence. Raises
    `StorageAway`.
    """
    found = Findings()
    _read(found, is_quick, write_line)
    _find_extra(found, timezone.now() - grace, sweep, write_line)
    if lost := [*found.missing, *found.changed]:
        files_missing.send(StoredFile, paths=lost)
    counts = {name: len(getattr(found, name)) for name in ("missing", "changed", "extra", "swept")}
    detail = {"files": found.files, "quick": is_quick, **counts}
    result = Result.DONE if found.is_sound else Result.FAILED
    record(Kind.SYSTEM, "核对已存文件", detail=detail, result=result)
    return found


def _read(found, is_quick, write_line):
    for kept in _records():
        found.files += 1
        try:
            fault = _fault(kept, is_quick, found)
        except FileNotFoundError:
            if _known([kept.path]):  # otherwise its record was deleted meanwhile, such as a discarded import
                found.missing.append(kept.path)
                write_line(f"missing: {kept.path}")
            continue
        except StorageAway:
            raise  # no file can be checked
        except OSError as error:
            fault = f"cannot be read: {error.strerror}"
        if fault:
            found.changed.append(kept.path)
            write_line(f"changed: {kept.path} ({fault})")


def _records() -> Iterator:
    """Yield every record, fetched in batches, so that no transaction stays open while files are read."""
    last = 0
    while batch := list(StoredFile.objects.filter(pk__gt=last).order_by("pk")[:BATCH_ROWS]):
        yield from batch
        last = batch[-1].pk


def _fault(kept, is_quick, found):
    """Return what is wrong with a file, "" if nothing is. Raises `FileNotFoundError`."""
    if not default_storage.exists(kept.path):
        raise FileNotFoundError(kept.path)
    there = default_storage.size(kept.path)
    if there != kept.size:
        return f"{there} bytes instead of {kept.size}"
    found.bytes += there
    if is_quick:
        return ""
    with default_storage.open(kept.path) as file:
        return "" if sum_of(file) == kept.sha256 else "its SHA-256 differs"


def _find_extra(found, before, sweep, write_line):
    batch = []
    for path in stored_paths():
        batch.append(path)
        if len(batch) == BATCH_ROWS:
            _add_extra(batch, found, before, sweep, write_line)
            batch = []
    _add_extra(batch, found, before, sweep, write_line)


def _add_extra(paths, found, before, sweep, write_line):
    for path in sorted(set(paths) - _known(paths)):
        if not _is_older(path, before):
            continue
        found.extra.append(path)
        is_swept = sweep and not _known([path])
        if is_swept:
            default_storage.delete(path)
            found.swept.append(path)
        write_line(f"extra: {path}{' (deleted)' if is_swept else ''}")


def _known(paths):
    return set(StoredFile.objects.filter(path__in=paths).values_list("path", flat=True))


def _is_older(path, before: datetime):
    try:
        return default_storage.get_modified_time(path) < before
    except FileNotFoundError:
        return False  # deleted just now, because saving its record failed
