"""What the daily work reminded of: each occasion once (design §2, §4)."""

from django.db import models

from ..choices import AutoKind
from .assignment import Assignment


class AutoReminder(models.Model):
    """A unit was reminded of one duty on one occasion (自动提醒); never changed.

    `anchor` is the day that the rule counts from (the deadline, the return, the last report, the end of a round) and
    `stage` how far it had come: days before, weeks after, or the rule's own days. Together they are the occasion.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="auto_reminders", verbose_name="承办事项")
    kind = models.CharField("事由", max_length=12, choices=AutoKind)
    anchor = models.DateField("起算日")
    stage = models.PositiveSmallIntegerField("档次")
    on = models.DateField("日期")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "自动提醒"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "kind", "anchor", "stage"], name="reminded_once_an_occasion")
        ]
        indexes = [models.Index(fields=["on", "assignment"], name="auto_reminder_by_day")]

    def __str__(self):
        return self.in_words()

    def in_words(self):
        """Why, as the timeline and the day's list tell it."""
        return WORDS[self.kind](self)


WORDS = {
    AutoKind.BEFORE: lambda line: f"距完成时限{line.anchor:%Y-%m-%d}还有{(line.anchor - line.on).days}天",
    AutoKind.AFTER: lambda line: f"已逾期{(line.on - line.anchor).days}天",
    AutoKind.UNANSWERED: lambda line: f"{line.anchor:%Y-%m-%d}退回后尚未补正",
    AutoKind.SILENT: lambda line: f"自{line.anchor:%Y-%m-%d}起{(line.on - line.anchor).days}天没有报送进展",
    AutoKind.LEADER: lambda line: f"已逾期{(line.on - line.anchor).days}天，报分管领导",
    AutoKind.ROUND: lambda line: (
        f"报送批次{line.anchor:%Y-%m-%d}截止"
        if line.on <= line.anchor
        else f"报送批次已于{line.anchor:%Y-%m-%d}截止，仍未报送"
    ),
}
