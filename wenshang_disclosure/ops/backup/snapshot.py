"""One state of the database for as long as the backup reads it, while others go on writing."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot():
    """Within the block, this process reads one committed state and holds no writer up.

    PostgreSQL: a read-only transaction at REPEATABLE READ. SQLite in WAL mode: a reading transaction; the log (`-wal`)
    cannot shrink until it ends. Both fix the state at the first read.
    """
    with _reading(), transaction.atomic(durable=True), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT 1 FROM django_migrations")
        cursor.fetchall()
        yield


@contextmanager
def _reading():
    """Let SQLite begin without the lock for writing, which our transactions otherwise take at once."""
    connection.ensure_connection()
    mode, connection.transaction_mode = getattr(connection, "transaction_mode", None), "DEFERRED"
    try:
        yield
    finally:
        connection.transaction_mode = mode
