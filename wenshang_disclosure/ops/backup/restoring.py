"""Restoring a backup onto an empty installation."""

import gzip
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from wenshang_disclosure.audit import chain, guards
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.files.storage import stored_paths

from . import encryption, files, folder, tables
from .errors import Stopped
from .taking import FORMAT, rows_of


@dataclass(frozen=True)
class Restored:
    """What was restored; `faults` are sentences on what the backup brought along broken."""

    rows: int
    files: int
    faults: list


def restore(source, *, identity_file=None):
    """Put the backup in the folder `source` onto this installation, which has to be empty; return what was `Restored`.

    Everything is checked before anything is written. Raises `Stopped`; then tables may stand, but empty, and no files.
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
    restored = Restored(
        rows=sum(table["rows"] for table in manifest["tables"].values()),
        files=len(manifest["evidence"]),
        faults=_brought_along(manifest),
    )
    detail = {"folder": source.name, "taken_at": manifest["taken_at"], "version": manifest["version"]}
    record(Kind.SYSTEM, "恢复备份", detail={**detail, "rows": restored.rows, "files": restored.files})
    return restored


def _checked(source, identity_file):
    """Read the manifest, compare every file's sum, and open what is encrypted."""
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
                raise Stopped(f"{folder.MANIFEST} was changed: it is not the sealed one.")
    return manifest, cipher


def _targets(loader, manifest):
    """Return the last migration of each app in the backup. Raises `Stopped` where one is not known here."""
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
    """Raise `Stopped` where the installation has rows, files, or tables of a later version than the backup's."""
    applied = set(loader.applied_migrations)
    if further := sorted(applied - {tuple(migration) for migration in manifest["migrations"]}):
        raise Stopped(
            f"The backup is of an older version ({manifest['version']}) and this database is migrated already, "
            f"to {'.'.join(further[-1])}. Use a new database that nobody has migrated."
        )
    registry = loader.project_state(list(applied)).apps
    models = [model for model in tables.kept_models(registry) if tables.label(model) not in tables.FILLED_BY_MIGRATIONS]
    there = [f"{name} ({count} rows)" for name, count in tables.count_rows(models).items()]
    known = manifest["evidence"].keys()
    if strange := [path for path in stored_paths() if path not in known]:
        there.append(f"the evidence storage ({len(strange)} files that are not the backup's, such as {strange[0]})")
    if there:
        raise Stopped(f"A backup goes only onto an empty installation. This one has {', '.join(there)}.")


@contextmanager
def _files(source, cipher, manifest):
    """Put the files into the storage and compare them there; take them away again where the block fails."""
    written = []
    try:
        for path, digest in manifest["evidence"].items():
            written.append(path)
            with cipher.open(source / f"evidence/{path}{cipher.suffix}") as content:
                files.copy_in(path, content)
            if files.sum_of(path) != digest:
                raise Stopped(f"The storage does not give {path} back as it was written.")
        yield
    except BaseException:
        for path in written:
            files.default_storage.delete(path)
        raise


def _load(source, cipher, manifest, models):
    """Write all rows in one transaction, and compare every table with the manifest before it is committed."""
    if {tables.label(model) for model in models} != manifest["tables"].keys() - tables.PRUNED:
        raise Stopped("The tables of the manifest are not those of its migrations.")
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
            raise Stopped(f"The rows of {tables.label(model)} do not read as they were backed up.")


def _brought_along(manifest):
    """Tell what was wrong before the backup was taken, and what should guard the audit trail and does not."""
    faults = [f"{path}: {why} when the backup was taken" for path, why in manifest["faults"].items()]
    if fault := chain.verify().broken:
        faults.append(f"The audit chain was broken when the backup was taken: {fault}")
    return faults + [f"{table} is not guarded by the database" for table in guards.missing(connection)]
