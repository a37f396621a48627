"""Records that are added and read, and never changed."""

from django.db import models


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
