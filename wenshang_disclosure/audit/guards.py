"""Database triggers that reject changes of append-only rows and of what is frozen, also by SQL by hand."""

from django.apps import apps
from django.db import connections

from wenshang_disclosure.core.db import AppendOnly, Frozen

MIN_KEEP_DAYS = 180
"""Minimum age of deletable entries (网络安全法 第二十一条: logs are kept for at least six months)."""

CHAIN = ("number", "previous", "hash")


def create(*, using, app_config=None, **kwargs):
    """Create the triggers of all guarded tables; receiver of `post_migrate`, safe to repeat."""
    if app_config is not None and app_config.label != "audit":
        return
    connection = connections[using]
    there = set(connection.introspection.table_names())
    for model in guarded():
        if model._meta.db_table in there:
            drop(connection, model)
            with connection.cursor() as cursor:
                for statement in _statements(connection.vendor, model):
                    cursor.execute(statement)


def drop(connection, model):
    """Drop the triggers of one table, for a migration that changes its rows; `create` follows by itself."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for what in ("update", "delete", "insert", "truncate"):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{what} ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{table}_{what}")


def guarded():
    """Return the append-only models, and those that are frozen in part."""
    return [model for model in apps.get_models() if issubclass(model, AppendOnly | Frozen)]


def missing(connection):
    """Return the tables whose triggers differ from those of `create`: missing, disabled or altered."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(UP_ON_POSTGRESQL if is_postgresql else UP_ON_SQLITE)
        up = set(cursor.fetchall())
    wanted = _wanted_on_postgresql if is_postgresql else _wanted_on_sqlite
    return sorted(model._meta.db_table for model in guarded() if not wanted(model) <= up)


UP_ON_SQLITE = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
UP_ON_POSTGRESQL = (
    "SELECT relname::text, tgname::text, prosrc FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid "
    "JOIN pg_proc ON tgfoid = pg_proc.oid WHERE tgenabled IN ('O', 'A') AND tgqual IS NULL"
)


def _wanted_on_sqlite(model):
    return {(statement,) for statement in _sqlite(model)}


def _wanted_on_postgresql(model):
    table, body = model._meta.db_table, _body(model)
    return {(table, f"guard_{what}", body) for what in ("update", "delete", "truncate")}


def _statements(vendor, model):
    return (_postgresql if vendor == "postgresql" else _sqlite)(model)


def _is_chain(model):
    return model._meta.label == "audit.AuditEntry"


def _is_frozen(model):
    return issubclass(model, Frozen)


def _changes(model, differs):
    """Return the SQL condition on which a change of a frozen model is rejected; `differs` compares two values."""
    return " OR ".join(
        f"({condition})" if columns is None else f"(({condition}) AND ({_any_of(columns, differs)}))"
        for condition, columns in model.FROZEN
    )


def _any_of(columns, differs):
    return " OR ".join(f'NEW."{column}" {differs} OLD."{column}"' for column in columns)


def _frozen_body(model):
    refused = f"RAISE EXCEPTION '{model._meta.db_table} is frozen';"
    return (
        f" BEGIN IF TG_OP = 'UPDATE' THEN IF {_changes(model, 'IS DISTINCT FROM')} THEN {refused} END IF; RETURN NEW; "
        f"ELSIF TG_OP = 'DELETE' THEN IF {model.FROZEN_ROWS} THEN {refused} END IF; RETURN OLD; END IF; {refused} END "
    )


def _body(model):
    """Return the body of a table's trigger function on PostgreSQL."""
    if _is_frozen(model):
        return _frozen_body(model)
    names = ",".join(CHAIN)
    sealing = (
        f"IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND NEW.number IS NOT NULL "
        f"AND to_jsonb(NEW) - '{{{names}}}'::text[] = to_jsonb(OLD) - '{{{names}}}'::text[] THEN RETURN NEW; END IF; "
        f"IF TG_OP = 'DELETE' AND OLD.at < now() - interval '{MIN_KEEP_DAYS} days' THEN RETURN OLD; END IF; "
    )
    return f" BEGIN {sealing if _is_chain(model) else ''}RAISE EXCEPTION '{model._meta.db_table} is append-only'; END "


def _postgresql(model):
    table = model._meta.db_table
    yield f"CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $${_body(model)}$$"
    for what in ("update", "delete"):
        when = f"BEFORE {what.upper()} ON {table} FOR EACH ROW"
        yield f"CREATE TRIGGER guard_{what} {when} EXECUTE FUNCTION guard_{table}()"
    yield f"CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION guard_{table}()"


def _sqlite(model):
    table = model._meta.db_table
    unless = {"update": "", "delete": ""}
    if _is_chain(model):
        others = [field.column for field in model._meta.local_fields if field.column not in CHAIN]
        same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in others)
        unless["update"] = f"WHEN NOT (OLD.number IS NULL AND NEW.number IS NOT NULL AND {same})"
        unless["delete"] = f"WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-{MIN_KEEP_DAYS} days')"
    if _is_frozen(model):
        unless = {"update": f"WHEN {_changes(model, 'IS NOT')}", "delete": f"WHEN {model.FROZEN_ROWS}"}
    is_kept = "frozen" if _is_frozen(model) else "append-only"
    for what, when in unless.items():
        yield (
            f"CREATE TRIGGER guard_{table}_{what} BEFORE {what.upper()} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is {is_kept}'); END"
        )
    replaces = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608, names of our own tables
    yield (  # INSERT OR REPLACE changes rows without an UPDATE
        f"CREATE TRIGGER guard_{table}_insert BEFORE INSERT ON {table} {replaces} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is {is_kept}'); END"
    )
