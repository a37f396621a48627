import logging

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)

INDEXES = {
    "found_task": ("tasks_task", ["requirement"]),
    "found_report": ("tasks_progressreport", ["text", "obstacles", "next_steps"]),
    "found_evidence": ("tasks_evidence", ["title", "file_name"]),
}


def make_indexes(apps, schema_editor):
    """Make trigram indexes for `icontains` on PostgreSQL; where the server does not let us, LIKE goes without them."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for name, (table, columns) in INDEXES.items():
                upper = ", ".join(f"UPPER({column}) gin_trgm_ops" for column in columns)
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin ({upper})")
    except DatabaseError as error:
        logger.warning("Search works without trigram indexes (docs/operations.md): %s", error)


def drop_indexes(apps, schema_editor):
    """Drop what was made; the extension stays, others may use it."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        for name in INDEXES:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("tasks", "0008_quality_and_publication")]

    operations = [migrations.RunPython(make_indexes, drop_indexes)]
