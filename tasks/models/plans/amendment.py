"""Amendments of rows after issue (调整)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from wenshang_disclosure.core.evenings import current_day

from .plan import Task

ADDED, REMOVED = "新增任务", "取消任务"
"""What a supplement (补充通知) does to a whole row, as `changes` name it; there is no before and after."""


class AmendmentQuerySet(models.QuerySet):
    def by_supplements(self):
        """Filter to those by supplements that stood on the current day, in order."""
        day = current_day()
        standing = Q(supplement__withdrawn_on__isnull=True) | Q(supplement__withdrawn_on__gt=day)
        return self.filter(standing, supplement__isnull=False, on__lte=day).select_related("supplement").order_by("pk")


class Amendment(models.Model):
    """An append-only record of what was changed on a row, why, by whom and from which day.

    `changes` is a list of `[what, before, after]` in the words that users read.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="amendments", verbose_name="任务")
    changes = models.JSONField("调整内容")
    reason = models.TextField("调整原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="调整人")
    supplement = models.ForeignKey(
        "tasks.Supplement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="amendments",
        verbose_name="所据补充通知",
    )
    on = models.DateField("调整日期")
    at = models.DateTimeField("时间", default=timezone.now)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务调整"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.task} {self.on}"

    def save(self, *args, **kwargs):
        """Insert the amendment; raise `TypeError` where it is saved already."""
        if self.pk:
            raise TypeError("Amendments are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Raise `TypeError`: amendments are append-only."""
        raise TypeError("Amendments are append-only.")

    def in_words(self):
        """Return the changes as one sentence for the timeline."""
        return "；".join(_in_words(*change) for change in self.changes)

    @property
    def adds_row(self):
        """Return whether this is a supplement's new row."""
        return self.changes[0][0] == ADDED

    @property
    def note(self):
        """Return what a supplement did to the row, with its number and date: 据〔2024〕12号（2024-09-20）补充."""
        what = {ADDED: "补充", REMOVED: "取消"}.get(self.changes[0][0], "调整")
        return f"据{self.supplement.reference}{what}"


def _in_words(what, before, after):
    return what if not before and not after else f"{what}由“{before or '无'}”改为“{after or '无'}”"
