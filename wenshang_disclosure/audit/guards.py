"""Triggers by which the database itself refuses to change or remove what is append-only, also for SQL by hand."""

from django.apps import apps
from django.db import connections

from wenshang_disclosure.common.append_only import AppendOnly

KEPT_DAYS = 180
"""What the database never lets go of sooner (网络安全法 第二十一条: logs are kept six months at least)."""

CHAIN = ("number", "previous", "hash")


def put_up(*, using, app_config=None, **kwargs):
    """Guard every append-only table there is. Called after each migration; doing it again does no harm."""
    if app_config is not None and app_config.label != "audit":
        return
    connection = connections[using]
    there = set(connection.introspection.table_names())
    for model in guarded():
        if model._meta.db_table in there:
            take_down(connection, model)
            with connection.cursor() as cursor:
                for statement in _statements(connection.vendor, model):
                    cursor.execute(statement)


def take_down(connection, model):
    """Lift the guards of one table, for a migration that has to change what stands; `put_up` follows by itself."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for what in ("update", "delete", "insert", "truncate"):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{what} ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{table}_{what}")


def guarded():
    """Give the models whose rows stand as they were made."""
    return [model for model in apps.get_models() if issubclass(model, AppendOnly)]


def missing(connection):
    """Give the tables whose guards are not up."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid "
                "WHERE tgname = 'guard_update' AND tgenabled <> 'D'"
            )
        else:
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%_update'")
        up = {row[0] for row in cursor.fetchall()}
    return sorted({model._meta.db_table for model in guarded()} - up)


def _statements(vendor, model):
    is_chain = model._meta.label == "audit.AuditEntry"
    return (_postgresql if vendor == "postgresql" else _sqlite)(model, is_chain)


def _postgresql(model, is_chain):
    table = model._meta.db_table
    names = ",".join(CHAIN)
    sealing = (
        f"IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND NEW.number IS NOT NULL "
        f"AND to_jsonb(NEW) - '{{{names}}}'::text[] = to_jsonb(OLD) - '{{{names}}}'::text[] THEN RETURN NEW; END IF; "
        f"IF TG_OP = 'DELETE' AND OLD.at < now() - interval '{KEPT_DAYS} days' THEN RETURN OLD; END IF; "
    )
    yield (
        f"CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{sealing if is_chain else ''}RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    for what in ("update", "delete"):
        when = f"BEFORE {what.upper()} ON {table} FOR EACH ROW"
        yield f"CREATE TRIGGER guard_{what} {when} EXECUTE FUNCTION guard_{table}()"
    yield f"CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION guard_{table}()"


def _sqlite(model, is_chain):
    table = model._meta.db_table
    unless = {"update": "", "delete": ""}
    if is_chain:
        others = [field.column for field in model._meta.local_fields if field.column not in CHAIN]
        same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in others)
        unless["update"] = f"WHEN NOT (OLD.number IS NULL AND NEW.number IS NOT NULL AND {same})"
        unless["delete"] = f"WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-{KEPT_DAYS} days')"
    for what, when in unless.items():
        yield (
            f"CREATE TRIGGER guard_{table}_{what} BEFORE {what.upper()} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    replaces = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608, names of our own tables
    yield (  # INSERT OR REPLACE would change a row without an UPDATE
        f"CREATE TRIGGER guard_{table}_insert BEFORE INSERT ON {table} {replaces} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )
