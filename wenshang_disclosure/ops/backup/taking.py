"""Backup of the running installation."""

import datetime as dt
import hashlib
import itertools
import zlib
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

import wenshang_disclosure
from wenshang_disclosure.audit import chain
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record

from . import encryption, files, folder, kept_settings, tables

FORMAT = 1
ACT = "备份"
BATCH_LINES = 500


@dataclass(frozen=True)
class Taken:
    """Summary of a backup; `faults` is `{path: fault}` of files that are missing or changed in it."""

    rows: int
    files: int
    faults: dict


def back_up(target, *, encrypt=False):
    """Write the whole installation to the new folder `target`; return a summary.

    Raises `Stopped`, or `OSError` if the disk fails; then no folder is left. Both outcomes are recorded in the audit
    trail.
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
    """Write the backup; return the manifest and its SHA-256."""
    with folder.writing(target, cipher) as new:
        with _snapshot():
            about, expected = _fill(new), files.recorded_files()
        evidence, faults = files.copy_out(new, expected)
        connection.close()  # it may have timed out while idle
        faults = files.with_removed(faults)
        manifest = {**about, "evidence": evidence, "faults": faults, "files": new.sums}
        return manifest, new.close(manifest)


@contextmanager
def _snapshot():
    """Read one committed state of the database within the block, without blocking writers.

    PostgreSQL: a read-only transaction at REPEATABLE READ. SQLite in WAL mode: a read transaction; the log (`-wal`)
    cannot shrink until it ends. Both fix the state at the first read.
    """
    with _deferred_mode(), transaction.atomic(durable=True), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT 1 FROM django_migrations")
        cursor.fetchall()
        yield


@contextmanager
def _deferred_mode():
    """Let SQLite begin transactions without the write lock, which they take immediately by default."""
    connection.ensure_connection()
    mode, connection.transaction_mode = getattr(connection, "transaction_mode", None), "DEFERRED"
    try:
        yield
    finally:
        connection.transaction_mode = mode


def _fill(new):
    """Write rows and settings; return their part of the manifest."""
    about = _about(new.cipher)
    counts = {tables.label(model): _write_rows(new, model) for model in tables.kept_models(apps)}
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


def _write_rows(new, model):
    """Write the rows of a table; return their number and the SHA-256 of their lines."""
    with closing(tables.lines(model)) as lines:
        rows = _Rows(lines)
        new.add(rows_of(tables.label(model)), rows.compressed())
    return {"rows": rows.count, "sha256": rows.digest.hexdigest()}


def rows_of(table):
    """Return the name of the file with the rows of a table."""
    return f"rows/{table}.jsonl.gz"


class _Rows:
    """Lines that are counted, hashed and compressed while they are read."""

    def __init__(self, lines):
        self.lines, self.count, self.digest = lines, 0, hashlib.sha256()

    def compressed(self):
        packer = zlib.compressobj(level=6, wbits=zlib.MAX_WBITS | 16)  # | 16: with the header of gzip
        while batch := list(itertools.islice(self.lines, BATCH_LINES)):
            self.count += len(batch)
            text = b"".join(batch)
            self.digest.update(text)
            yield packer.compress(text)
        yield packer.flush()
