"""How a test with real transactions leaves the database: with empty tables, which the product's guards would refuse.

Django's own way empties what migrations fill as well, and fills it again.
"""

import contextlib
import functools

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import TransactionTestCase

from wenshang_disclosure.audit import guards

OF_DJANGO = {"contenttypes.contenttype", "auth.permission"}
"""What has the same rows for every test."""


@contextlib.contextmanager
def past_the_guards():
    """Let tests of the block empty the tables that the database guards."""
    tear_down, sql_flush = TransactionTestCase._fixture_teardown, DatabaseOperations.sql_flush

    def emptied(case):
        if not _delete_everything():
            _flush_unguarded(lambda: tear_down(case))

    def by_deleting(operations, style, tables, *, reset_sequences=False, allow_cascade=False):
        if reset_sequences:
            return sql_flush(operations, style, tables, reset_sequences=True, allow_cascade=allow_cascade)
        return _deletions(tables)

    TransactionTestCase._fixture_teardown = emptied
    DatabaseOperations.sql_flush = by_deleting  # TRUNCATE makes a new file for each table and waits for the disk
    yield
    DatabaseOperations.sql_flush = sql_flush
    TransactionTestCase._fixture_teardown = tear_down


def lift_triggers(cursor):
    """Let no trigger fire in this transaction, neither guards nor foreign keys; return whether the role may do so."""
    may = connection.vendor == "postgresql" and _is_superuser()
    if may:
        cursor.execute("SET LOCAL session_replication_role = replica")
    return may


@functools.cache
def _is_superuser():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return cursor.fetchone()[0]


def _delete_everything():
    """Delete all rows but Django's own; return whether that could be done."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.label_lower not in OF_DJANGO]
    with transaction.atomic(), connection.cursor() as cursor:
        may = lift_triggers(cursor)
        if may:
            tables = {model._meta.db_table for model in models} & set(connection.introspection.table_names(cursor))
            cursor.execute(";".join(_deletions(sorted(tables))))
        return may


def _flush_unguarded(flush):
    for model in guards.guarded():
        guards.drop(connection, model)
    try:
        flush()
    finally:
        guards.create(using=DEFAULT_DB_ALIAS)


def _deletions(tables):
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]
