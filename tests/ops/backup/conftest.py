"""A county with every file that its records tell of, and ways to lose it."""

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from tests.world import build_county
from wenshang_disclosure.audit import guards
from wenshang_disclosure.files.storage import stored_paths

from .make_older import complete


@pytest.fixture
def whole_county(transactional_db, evidence_folder):
    """The county, chased once, with a chained audit entry."""
    return complete(build_county())


@pytest.fixture
def lose_everything(evidence_folder):
    """Return the function after which the installation is as a new one."""

    def lose():
        for model in guards.guarded():
            guards.drop(connection, model)
        call_command("flush", interactive=False, verbosity=0)
        for path in list(stored_paths()):
            default_storage.delete(path)

    return lose


@pytest.fixture
def place(tmp_path_factory):
    """A folder for backups, apart from the evidence."""
    return tmp_path_factory.mktemp("backups")


@pytest.fixture
def new_database(transactional_db, evidence_folder):
    """Return a function that leaves a database without migrations and an empty storage."""

    def lose():
        _drop_tables_of_postgresql() if connection.vendor == "postgresql" else _drop_tables_of_sqlite()
        for path in list(stored_paths()):
            default_storage.delete(path)

    yield lose
    call_command("migrate", verbosity=0)


def _drop_tables_of_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def _drop_tables_of_sqlite():
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TABLE IF EXISTS "{name}"')
