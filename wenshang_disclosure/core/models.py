"""How much somebody has used of what is limited."""

from django.db import models


class Allowance(models.Model):
    """What a person has used of one limit in the present window (限额用量); one row each, so nothing has to be pruned.

    It is in the database, since the database's cache loses counts of workers that count at the same moment.
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
