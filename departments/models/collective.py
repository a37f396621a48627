"""Collective names, which stand for several units."""

from django.core.exceptions import ValidationError
from django.db import models

from departments.choices import UnitKind
from wenshang_disclosure.core.history import Historical, HistoricalQuerySet

from .unit import Unit


def check_kinds(value):
    """Raise `ValidationError` unless `value` is a list of unit kinds."""
    if not isinstance(value, list) or not set(value) <= set(UnitKind.values):
        raise ValidationError("请从单位类别中选择。")


class Collective(Historical):
    """A name such as 各乡镇（街道）人民政府（办事处） and the kinds of units it stands for (design: The table).

    Without kinds it stands for no unit by itself: the office picks the units task by task (待明确).
    """

    name = models.CharField("单位统称", max_length=100, unique=True)
    kinds = models.JSONField(
        "所指单位类别", default=list, blank=True, validators=[check_kinds], help_text="留空表示由办公室逐项明确。"
    )

    objects = HistoricalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位统称"
        ordering = ["pk"]

    def __str__(self):
        return self.name

    @property
    def names_nobody(self):
        """Whether the units have to be picked task by task."""
        return not self.kinds

    def units(self, on=None):
        """Return the units that the name stands for on a day (today by default)."""
        return Unit.objects.active(on).filter(kind__in=self.kinds)

    def kinds_in_words(self):
        """Return the kinds as Chinese text."""
        return "、".join(UnitKind(kind).label for kind in self.kinds) or "由办公室逐项明确"


class CollectiveAlias(models.Model):
    """Another name that documents use for a collective (各镇街)."""

    name = models.CharField("别名", max_length=100, unique=True)
    collective = models.ForeignKey(Collective, models.CASCADE, related_name="aliases", verbose_name="单位统称")

    class Meta:
        verbose_name = verbose_name_plural = "统称别名"
        ordering = ["pk"]

    def __str__(self):
        return self.name
