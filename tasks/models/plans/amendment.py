"""Amendments of rows after issue (调整)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from .plan import Task


class Amendment(models.Model):
    """An append-only record of what was changed on a row, why, by whom and from which day.

    `changes` is a list of `[what, before, after]` in the words that users read.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="amendments", verbose_name="任务")
    changes = models.JSONField("调整内容")
    reason = models.TextField("调整原因")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="调整人")
    on = models.DateField("调整日期")
    at = models.DateTimeField("时间", default=timezone.now)

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
        return "；".join(f"{what}由“{before or '无'}”改为“{after or '无'}”" for what, before, after in self.changes)
