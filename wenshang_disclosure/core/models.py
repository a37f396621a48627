"""Use of rate limits, what rows were before they changed, and the names of the region."""

from django.db import models

from .history import FormerRow
from .region import Region

__all__ = ["Allowance", "FormerRow", "Region"]


class Allowance(models.Model):
    """A person's use of one rate limit in the current window (限额用量); one row each, so that nothing needs pruning.

    Stored in the database, since Django's database cache loses counts of concurrent workers.
    """

    limit = models.CharField("限额", max_length=16)
    who = models.BigIntegerField("人员")
    window = models.BigIntegerField("时段", default=0)
    used = models.PositiveIntegerField("已用", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "限额用量"
        constraints = [models.UniqueConstraint(fields=["limit", "who"], name="one_allowance_a_limit")]

    def __str__(self):
        return f"{self.limit} {self.who}"
