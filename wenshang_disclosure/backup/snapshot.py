"""One state of the database for as long as the backup reads it, while others go on writing."""

from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

ALIAS = "backup"


@contextmanager
def snapshot():
    """Give the alias of a connection of its own that sees one committed state until the block ends.

    PostgreSQL: a read-only transaction at REPEATABLE READ. SQLite in WAL mode: a reading transaction, which holds no
    writer up; the log (`-wal`) cannot shrink until it ends.
    """
    connections.settings[ALIAS] = _settings()
    try:
        with transaction.atomic(using=ALIAS):
            _begin(connections[ALIAS])
            yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.settings[ALIAS]


def _settings():
    settings = {**connections[DEFAULT_DB_ALIAS].settings_dict}
    settings["OPTIONS"] = {**settings["OPTIONS"]}
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        settings["OPTIONS"]["transaction_mode"] = "DEFERRED"
    return settings


def _begin(connection):
    """Fix the state: PostgreSQL and SQLite both do at the first read, not at BEGIN."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT 1 FROM django_migrations")
