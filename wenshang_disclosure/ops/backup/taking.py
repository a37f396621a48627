"""Taking a backup of the running installation."""

import datetime as dt
import hashlib
import itertools
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

import wenshang_disclosure
from wenshang_disclosure.audit import chain
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record

from . import encryption, files, folder, kept_settings, tables
from .snapshot import snapshot

FORMAT = 1
ACT = "备份"
LINES_AT_ONCE = 500


@dataclass(frozen=True)
class Taken:
    """What a backup holds; `faults` is `{path: what is wrong}` of files that should be in it as they were."""

    rows: int
    files: int
    faults: dict


def back_up(target, *, encrypt=False):
    """Write the whole installation into the new folder `target`; return what was `Taken`.

    Raises `Stopped`, or `OSError` where the disk fails; then no folder is left. The audit trail keeps both.
    """
    cipher = encryption.for_writing() if encrypt else encryption.Plain()
    try:
        manifest, seal = _write(target, cipher)
    except Exception as fault:
        with suppress(DatabaseError):  # which may be what failed
            record(Kind.SYSTEM, ACT, detail={"folder": target.name, "reason": str(fault)[:300]}, result=Result.FAILED)
        raise
    taken = Taken(
        rows=sum(table["rows"] for table in manifest["tables"].values()),
        files=len(manifest["evidence"]),
        faults={path: why for path, why in manifest["faults"].items() if why != files.REMOVED},
    )
    detail = {"folder": target.name, "rows": taken.rows, "files": taken.files, "faults": len(taken.faults)}
    result = Result.FAILED if taken.faults else Result.DONE
    record(Kind.SYSTEM, ACT, detail={**detail, "manifest": seal}, result=result)
    return taken


def _write(target, cipher):
    """Write all of it; return the manifest and its sum."""
    with folder.writing(target, cipher) as new:
        with snapshot():
            about, expected = _fill(new), files.told_of()
        evidence, faults = files.copy_out(new, expected)
        connection.close()  # idle for as long as that took, it may be gone
        faults = files.with_removed(faults)
        manifest = {**about, "evidence": evidence, "faults": faults, "files": new.sums}
        return manifest, new.close(manifest)


def _fill(new):
    """Write rows and settings; return the manifest's part on them."""
    about = _about(new.cipher)
    counts = {tables.label(model): _keep_rows(new, model) for model in tables.kept_models(apps)}
    new.add("settings.env", [kept_settings.as_env_file().encode()])
    return {**about, "tables": counts}


def _about(cipher):
    number, head = chain.head()
    return {
        "product": "wenshang-disclosure",
        "version": wenshang_disclosure.__version__,
        "format": FORMAT,
        "taken_at": dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
        "database": connection.vendor,
        "encryption": cipher.kind,
        "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
        "audit": {"number": number, "hash": head},
    }


def _keep_rows(new, model):
    """Write the rows of a table; return how many, and the sum of their lines."""
    with closing(tables.lines(model)) as lines:
        rows = _Rows(lines)
        new.add(rows_of(tables.label(model)), rows.compressed())
    return {"rows": rows.count, "sha256": rows.digest.hexdigest()}


def rows_of(table):
    """Return the name of the file with a table's rows."""
    return f"rows/{table}.jsonl.gz"


class _Rows:
    """Lines that are counted, summed and compressed while they are read."""

    def __init__(self, lines):
        self.lines, self.count, self.digest = lines, 0, hashlib.sha256()

    def compressed(self):
        packer = zlib.compressobj(level=6, wbits=zlib.MAX_WBITS | 16)  # | 16: with the header of gzip
        while batch := list(itertools.islice(self.lines, LINES_AT_ONCE)):
            self.count += len(batch)
            text = b"".join(batch)
            self.digest.update(text)
            yield packer.compress(text)
        yield packer.flush()
