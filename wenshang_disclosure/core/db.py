"""Append-only and frozen models, and advisory locks."""

from django.db import connection, models


class AppendOnlyQuerySet(models.QuerySet):
    """Queryset that raises `TypeError` on any change or deletion of existing records."""

    def _refuse(self):
        raise TypeError(f"{self.model.__name__} is append-only.")

    def update(self, **kwargs):
        self._refuse()

    def delete(self):
        self._refuse()

    def bulk_update(self, *args, **kwargs):
        self._refuse()

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        """Add records. Raises `TypeError` if existing ones would be overwritten."""
        if update_conflicts:
            self._refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """Base of a model whose records are added and never changed."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Add the record. Raises `TypeError` if it exists already."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError(f"{type(self).__name__} is append-only.")


class Frozen(models.Model):
    """Base of a model whose rows may change, but not in everything at all times; the database holds it (audit.guards).

    `FROZEN` is a tuple of `(condition, columns)`: while the condition holds, the columns keep their value, and nothing
    may change where `columns` is `None`. `FROZEN_ROWS` is the condition on which a row may not be deleted. Conditions
    are SQL on OLD and NEW that both databases read.
    """

    FROZEN = ()
    FROZEN_ROWS = "FALSE"

    class Meta:
        abstract = True


def advisory_lock(*names):
    """Take PostgreSQL advisory locks on `names` in the order given, until the transaction ends.

    On SQLite the transaction itself is the lock, as it begins IMMEDIATE.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def drop_plain_index(schema_editor, model, name):
    """Drop the index of one field alone, for a migration that lets another index do.

    Django would make the whole table anew for it on SQLite, and lose its triggers.
    """
    connection, column = schema_editor.connection, model._meta.get_field(name).column
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    for index, about in found.items():
        is_more = about["unique"] or about["primary_key"] or about["foreign_key"]
        if about["index"] and about["columns"] == [column] and not is_more:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(index)}")
