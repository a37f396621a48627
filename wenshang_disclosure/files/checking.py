"""Whether every kept file is there as its record says, and what lies there without one (数据完整性)."""

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

AT_ONCE = 500


@dataclass
class Findings:
    """Paths, by what is wrong with them; `swept` are those of `extra` that were taken away."""

    files: int = 0
    bytes: int = 0
    missing: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    extra: list = field(default_factory=list)
    swept: list = field(default_factory=list)

    @property
    def is_sound(self):
        """Whether every record has its file, and no file lies there without one."""
        return not (self.missing or self.changed or set(self.extra) - set(self.swept))


def check(*, is_quick=False, grace=timedelta(days=1), sweep=False, tell=lambda line: None):
    """Read every kept file, or with `is_quick` only its size, and return the `Findings`; `tell` gets a line for each.

    Files without a record count as extra once they are older than `grace`: younger ones may be on their way to one.
    With `sweep` those are deleted. The office is told of evidence that is missing or changed. Raises `StorageAway`.
    """
    found = Findings()
    _read(found, is_quick, tell)
    _find_extra(found, timezone.now() - grace, sweep, tell)
    if lost := [*found.missing, *found.changed]:
        files_missing.send(StoredFile, paths=lost)
    counts = {name: len(getattr(found, name)) for name in ("missing", "changed", "extra", "swept")}
    detail = {"files": found.files, "quick": is_quick, **counts}
    result = Result.DONE if found.is_sound else Result.FAILED
    record(Kind.SYSTEM, "核对已存文件", detail=detail, result=result)
    return found


def _read(found, is_quick, tell):
    for kept in _records():
        found.files += 1
        try:
            fault = _fault(kept, is_quick, found)
        except FileNotFoundError:
            if _known([kept.path]):  # else it was let go meanwhile, as a discarded import is
                found.missing.append(kept.path)
                tell(f"missing: {kept.path}")
            continue
        except StorageAway:
            raise  # nothing is known of any file then
        except OSError as error:
            fault = f"cannot be read: {error.strerror}"
        if fault:
            found.changed.append(kept.path)
            tell(f"changed: {kept.path} ({fault})")


def _records() -> Iterator:
    """Return every record in slices, so that none of it holds a transaction open while files are read."""
    last = 0
    while batch := list(StoredFile.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield from batch
        last = batch[-1].pk


def _fault(kept, is_quick, found):
    """Tell what is wrong with a file's content, empty where nothing is. Raises `FileNotFoundError`."""
    if not default_storage.exists(kept.path):
        raise FileNotFoundError(kept.path)
    there = default_storage.size(kept.path)
    if there != kept.size:
        return f"{there} bytes instead of {kept.size}"
    found.bytes += there
    if is_quick:
        return ""
    with default_storage.open(kept.path) as file:
        return "" if sum_of(file) == kept.sha256 else "its SHA-256 is another"


def _find_extra(found, before, sweep, tell):
    batch = []
    for path in stored_paths():
        batch.append(path)
        if len(batch) == AT_ONCE:
            _add_extra(batch, found, before, sweep, tell)
            batch = []
    _add_extra(batch, found, before, sweep, tell)


def _add_extra(paths, found, before, sweep, tell):
    for path in sorted(set(paths) - _known(paths)):
        if not _is_older(path, before):
            continue
        found.extra.append(path)
        is_swept = sweep and not _known([path])
        if is_swept:
            default_storage.delete(path)
            found.swept.append(path)
        tell(f"extra: {path}{' (deleted)' if is_swept else ''}")


def _known(paths):
    return set(StoredFile.objects.filter(path__in=paths).values_list("path", flat=True))


def _is_older(path, before: datetime):
    try:
        return default_storage.get_modified_time(path) < before
    except FileNotFoundError:
        return False  # its record failed just now, and it went
