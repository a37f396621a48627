"""Records that are added and read, and never changed."""

from django.db import connection, models


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses whatever changes or removes a record that stands."""

    def _refuse(self):
        raise TypeError(f"{self.model.__name__} is append-only.")

    def update(self, **kwargs):
        """Refuse."""
        self._refuse()

    def delete(self):
        """Refuse."""
        self._refuse()

    def bulk_update(self, *args, **kwargs):
        """Refuse."""
        self._refuse()

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        """Add records; refuse to write over those that stand."""
        if update_conflicts:
            self._refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """Base of a record that stands as it was made."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Add it; refuse to change it afterwards."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Refuse."""
        raise TypeError(f"{type(self).__name__} is append-only.")


def one_at_a_time(*names):
    """Wait until nobody else holds these names, and hold them until the transaction ends, in the order given.

    On SQLite the transaction itself is the lock: it begins IMMEDIATE.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
