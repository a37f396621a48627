"""Automatic reminders, one per trigger (design: Words, Rules of progress)."""

from django.db import models

from tasks.choices import AutomaticKind
from tasks.models.progress.assignment import Assignment


class AutomaticReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the reminders that `user` may read: all, or the own unit's."""
        return self if user.reads_everything else self.filter(assignment__unit=user.unit_id)


class AutomaticReminder(models.Model):
    """A unit was reminded of one duty by one trigger (自动提醒); never changed.

    `anchor` is the day from which the rule counts (the deadline, the return, the last report, the end of a round) and
    `stage` the distance reached: days before, weeks after, or the rule's own days. With `kind` they identify the
    trigger.
    """

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, db_index=False, related_name="auto_reminders", verbose_name="承办事项"
    )
    kind = models.CharField("事由", max_length=12, choices=AutomaticKind)
    anchor = models.DateField("起算日")
    stage = models.PositiveSmallIntegerField("档次")
    on = models.DateField("日期")
    at = models.DateTimeField("时间")

    objects = AutomaticReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自动提醒"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "kind", "anchor", "stage"], name="one_reminder_per_trigger")
        ]
        indexes = [models.Index(fields=["on", "assignment"], name="auto_reminder_by_day")]

    def __str__(self):
        return self.in_words()

    def in_words(self):
        """Return the reason, as the timeline and the day's list show it."""
        return in_words(self.kind, self.anchor, self.on)


def in_words(kind, anchor, on):
    """Return why a unit is reminded on the day `on`, in the words that users read."""
    passed = (on - anchor).days
    if kind == AutomaticKind.ROUND:
        return f"报送批次{anchor:%Y-%m-%d}截止" if passed <= 0 else f"报送批次已于{anchor:%Y-%m-%d}截止，仍未报送"
    return {
        AutomaticKind.BEFORE: f"距完成时限{anchor:%Y-%m-%d}还有{-passed}天"
        if passed
        else f"今天（{anchor:%Y-%m-%d}）是完成时限",
        AutomaticKind.AFTER: f"已逾期{passed}天",
        AutomaticKind.UNANSWERED: f"{anchor:%Y-%m-%d}退回后尚未补正",
        AutomaticKind.SILENT: f"自{anchor:%Y-%m-%d}起{passed}天没有报送进展",
        AutomaticKind.LEADER: f"已逾期{passed}天，报分管领导",
    }[AutomaticKind(kind)]
