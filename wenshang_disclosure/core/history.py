"""Keeps what rows were before they changed, so that `evenings` can read them as they stood on any past evening.

A row is kept at most once a day: as it was when the day began, which is how it stood on the evening before.
"""

from datetime import UTC, date, datetime

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.signals import pre_delete
from django.utils import timezone

BATCH_ROWS = 500


class PlainEncoder(DjangoJSONEncoder):
    """Encoder that writes moments as both databases read them."""

    def default(self, value):
        """Return moments in UTC with microseconds; the rest as Django does."""
        if isinstance(value, datetime):
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f+00:00}"
        return value.isoformat() if isinstance(value, date) else super().default(value)


class FormerRow(models.Model):
    """What a row of another table was through the evening before `until`; without `data` there was no such row."""

    table = models.CharField("表", max_length=63)
    row = models.BigIntegerField("编号")
    until = models.DateField("至", help_text="自这一天起为后来的内容。")
    data = models.JSONField("内容", null=True, encoder=PlainEncoder)

    class Meta:
        app_label = "core"
        verbose_name = verbose_name_plural = "以前的内容"
        constraints = [models.UniqueConstraint(fields=["table", "row", "until"], name="kept_once_a_day")]
        indexes = [models.Index(fields=["until", "table"], name="former_by_day")]

    def __str__(self):
        return f"{self.table} {self.row} {self.until}"


class HistoricalQuerySet(models.QuerySet):
    """Queryset that keeps what bulk writes change, as `save` does for one record."""

    def update(self, **values):
        """Update the records, and keep what they were."""
        if self.model.is_kept(values):
            keep(self)
        return super().update(**values)


class Historical(models.Model):
    """Base of a model whose rows are read on past evenings as they stood then.

    `KEPT_FIELDS` names the fields whose change is kept, `None` all; `KEPT_WHERE` filters to the rows that anybody can
    look back at, as those of an issued table.
    """

    KEPT_FIELDS = None
    KEPT_WHERE = {}  # noqa: RUF012

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        """Save the record, and keep what it was."""
        if not self._state.adding and self.is_kept(update_fields):
            keep(type(self)._base_manager.filter(pk=self.pk))
        super().save(*args, update_fields=update_fields, **kwargs)

    @classmethod
    def is_kept(cls, fields):
        """Return whether a change of the named fields (`None`: all) is kept."""
        return fields is None or cls.KEPT_FIELDS is None or bool(set(fields) & set(cls.KEPT_FIELDS))


def keep(rows):
    """Keep what `rows` (a queryset of any model) are now, before they change or are deleted today."""
    model = rows.model
    rows = rows.filter(**getattr(model, "KEPT_WHERE", {})).order_by()
    names = [field.attname for field in model._meta.concrete_fields]
    _add(model, [(values[model._meta.pk.attname], values) for values in rows.values(*names)])


def keep_absence(records):
    """Keep that new records were not there on the evening before today.

    Services say so of what they add to an issued table; what is entered at first is taken to have been there.
    """
    records = list(records)
    if not records:
        return
    model = type(records[0])
    where = getattr(model, "KEPT_WHERE", {})
    if where:
        known = model._base_manager.filter(pk__in=[record.pk for record in records], **where)
        found = set(known.values_list("pk", flat=True))
        records = [record for record in records if record.pk in found]
    _add(model, [(record.pk, None) for record in records])


def _add(model, rows):
    today = timezone.localdate()
    formers = [FormerRow(table=model._meta.db_table, row=pk, until=today, data=data) for pk, data in rows]
    FormerRow.objects.bulk_create(formers, batch_size=BATCH_ROWS, ignore_conflicts=True)


def watch_deletions():
    """Keep what is deleted of historical models, also where it goes with a record that it belongs to."""
    for model in apps.get_models():
        if issubclass(model, Historical):
            pre_delete.connect(_keep_deleted, sender=model, dispatch_uid=f"history.{model._meta.label}")


def _keep_deleted(sender, instance, **kwargs):
    rows = sender._base_manager.filter(pk=instance.pk)
    keep(rows)
    for relation in sender._meta.local_many_to_many:
        if rows.filter(**sender.KEPT_WHERE).exists():  # Django sends no signal for the rows of such a relation
            keep(relation.remote_field.through._base_manager.filter(**{relation.m2m_field_name(): instance.pk}))
