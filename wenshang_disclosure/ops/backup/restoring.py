"""Restore of a backup to an empty installation."""

import gzip
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from wenshang_disclosure.audit import chain, checking, guards, keys
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.files.storage import stored_paths

from . import encryption, files, folder, tables
from .errors import Stopped
from .taking import FORMAT, rows_of


@dataclass(frozen=True)
class Restored:
    """Summary of a restore; `faults` are messages about faults that the backup contained, `notes` about what to do."""

    rows: int
    files: int
    faults: list
    notes: list


def restore(source, *, identity_file=None):
    """Restore the backup in the folder `source` to this empty installation; return a summary.

    The backup is checked before anything is written. Raises `Stopped`; then there may be empty tables, but no files.
    """
    manifest, cipher = _checked(source, identity_file)
    executor = MigrationExecutor(connection)
    targets = _targets(executor.loader, manifest)
    _require_empty(executor.loader, manifest)
    executor.migrate(targets)
    registry = executor.loader.project_state(targets).apps
    with _files(source, cipher, manifest):
        _load(source, cipher, manifest, tables.kept_models(registry))
    ContentType.objects.clear_cache()
    call_command("migrate", verbosity=0)
    _let_the_audit_trail_begin_anew()
    restored = Restored(
        rows=sum(table["rows"] for table in manifest["tables"].values()),
        files=len(manifest["evidence"]),
        faults=_faults(manifest),
        notes=_notes(),
    )
    detail = {"folder": source.name, "taken_at": manifest["taken_at"], "version": manifest["version"]}
    record(Kind.SYSTEM, "恢复备份", detail={**detail, "rows": restored.rows, "files": restored.files})
    return restored


def _checked(source, identity_file):
    """Return the manifest and the cipher, after comparing the SHA-256 of every file. Raises `Stopped`."""
    manifest = folder.read_manifest(source)
    if manifest.get("format") != FORMAT:
        raise Stopped(f"The backup has format {manifest.get('format')}; this version reads format {FORMAT}.")
    names = [*manifest["files"], *manifest["evidence"]]
    if wrong := [name for name in names if not folder.is_inside(name)]:
        raise Stopped(f"The manifest names files outside the backup: {wrong[0]}.")
    is_encrypted = manifest["encryption"] != encryption.PLAIN
    folder.check(source, manifest["files"], encryption.Age.suffix if is_encrypted else "")
    cipher = encryption.for_reading(manifest["encryption"], source, identity_file)
    if is_encrypted:
        with cipher.open(source / (folder.MANIFEST + cipher.suffix)) as sealed:
            if sealed.read() != (source / folder.MANIFEST).read_bytes():
                raise Stopped(f"{folder.MANIFEST} was changed: it differs from the encrypted copy.")
    return manifest, cipher


def _targets(loader, manifest):
    """Return the last migration of each app in the backup. Raises `Stopped` if one is unknown to this version."""
    applied = {tuple(migration) for migration in manifest["migrations"]}
    if unknown := sorted(applied - loader.graph.nodes.keys()):
        raise Stopped(
            f"The backup ({manifest['version']}) has the migration {'.'.join(unknown[0])}, which this version does not "
            "know. It restores backups of 0.6.0 up to its own version."
        )
    return [node for node in applied if not any(_follows(child, node) for child in _children(loader, node, applied))]


def _children(loader, node, applied):
    return {child.key for child in loader.graph.node_map[node].children} & applied


def _follows(child, node):
    return child[0] == node[0]


def _require_empty(loader, manifest):
    """Raise `Stopped` if the installation has rows, files, or migrations later than those of the backup."""
    applied = set(loader.applied_migrations)
    if further := sorted(applied - {tuple(migration) for migration in manifest["migrations"]}):
        raise Stopped(
            f"The backup is of an older version ({manifest['version']}), and this database is already migrated "
            f"to {'.'.join(further[-1])}. Use a new database without migrations."
        )
    registry = loader.project_state(list(applied)).apps
    models = [model for model in tables.kept_models(registry) if tables.label(model) not in tables.FILLED_BY_MIGRATIONS]
    there = [f"{name} ({count} rows)" for name, count in tables.count_rows(models).items()]
    known = manifest["evidence"].keys()
    if strange := [path for path in stored_paths() if path not in known]:
        there.append(f"the evidence storage ({len(strange)} files not in the backup, such as {strange[0]})")
    if there:
        raise Stopped(f"A backup can only be restored to an empty installation. This one has {', '.join(there)}.")


@contextmanager
def _files(source, cipher, manifest):
    """Copy the files to the storage and verify them there; delete them again if the block fails."""
    written = []
    try:
        for path, digest in manifest["evidence"].items():
            written.append(path)
            with cipher.open(source / f"evidence/{path}{cipher.suffix}") as content:
                files.copy_in(path, content)
            if files.sum_of(path) != digest:
                raise Stopped(f"The storage returns {path} with other content than was written.")
        yield
    except BaseException:
        for path in written:
            files.default_storage.delete(path)
        raise


def _load(source, cipher, manifest, models):
    """Insert all rows in one transaction, and compare every table with the manifest before the commit."""
    if {tables.label(model) for model in models} != manifest["tables"].keys() - tables.PRUNED:
        raise Stopped("The tables in the manifest do not match its migrations.")
    try:
        with transaction.atomic():
            _without_time_limit()
            for model in models:
                tables.empty(model)
            for model in models:
                with cipher.open(source / (rows_of(tables.label(model)) + cipher.suffix)) as packed:
                    tables.load(model, gzip.GzipFile(fileobj=packed))
            tables.set_sequences(models)
            connection.check_constraints()
            _compare(manifest, models)
    except DatabaseError as fault:
        raise Stopped(f"The database refuses the backup: {fault}") from fault


def _without_time_limit():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


def _compare(manifest, models):
    for model in models:
        wanted = manifest["tables"][tables.label(model)]
        if tables.sum_of(model) != (wanted["rows"], wanted["sha256"]):
            raise Stopped(f"The rows of {tables.label(model)} differ from the backup after the insert.")


def _let_the_audit_trail_begin_anew():
    """Accept entries from before there were keys, and what the backup has as the end of the trail."""
    keys.accept_unkeyed(chain.unsigned_up_to())
    checking.keep_head()


def _notes():
    counts = ", ".join(f"{key_id} ({count} entries)" for key_id, _, count in chain.verify().unknown)
    if not counts:
        return []
    return [f"Keys of the audit trail are missing: {counts}. Copy them from the earlier machine to {keys.path()}."]


def _faults(manifest):
    """Return messages about faults from before the backup, and about tables of the audit trail without guards."""
    faults = [f"{path}: {why} when the backup was taken" for path, why in manifest["faults"].items()]
    if fault := chain.verify().broken:
        faults.append(f"The audit chain was broken when the backup was taken: {fault}")
    return faults + [f"{table} is not guarded by the database" for table in guards.missing(connection)]
