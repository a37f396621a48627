"""Rows that are costly to make: made by the first test that commits them, and copied in the database for the next."""

from django.apps import apps
from django.db import connection, transaction

from tests.emptying import lift_triggers
from wenshang_disclosure.ops.backup.tables import FILLED_BY_MIGRATIONS

PREFIX = "kept_by_tests_"


def keep():
    """Keep a copy of every table with rows, except of those that are filled again whenever they are emptied."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            is_kept = model._meta.managed and model._meta.label_lower not in FILLED_BY_MIGRATIONS
            if is_kept and model._base_manager.exists():
                table = model._meta.db_table
                cursor.execute(f'CREATE TABLE "{PREFIX}{table}" AS SELECT * FROM "{table}"')


def bring_back():
    """Fill the emptied tables with what was kept; return whether anything was."""
    copies = _copies()
    with transaction.atomic(), connection.cursor() as cursor:
        lift_triggers(cursor)
        for copy in copies:
            cursor.execute(f'INSERT INTO "{copy.removeprefix(PREFIX)}" SELECT * FROM "{copy}"')
    return bool(copies)


def forget():
    """Drop what was kept, as by a run before this one in the same database."""
    with connection.cursor() as cursor:
        for copy in _copies():
            cursor.execute(f'DROP TABLE "{copy}"')


def _copies():
    return [table for table in connection.introspection.table_names() if table.startswith(PREFIX)]
