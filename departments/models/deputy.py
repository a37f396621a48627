"""Deputies who approve in place of a unit's leader for a period."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from wenshang_disclosure.core.dates import day_end

from .unit import Unit


class DeputyQuerySet(models.QuerySet):
    """Queryset of deputies."""

    def acting(self, on=None):
        """Return the deputies in force on a day (today by default); the first and last day count, ended ones do not."""
        on = on or timezone.localdate()
        not_ended = Q(ended_at__isnull=True) | Q(ended_at__gte=day_end(on))
        return self.filter(not_ended, from_on__lte=on, until_on__gte=on, person__is_active=True)

    def not_over(self):
        """Return the deputies in force today or later: not ended, last day not past."""
        return self.filter(ended_at__isnull=True, until_on__gte=timezone.localdate())


class Deputy(models.Model):
    """A person of the unit who approves reports in the leader's place for a period (委托审签)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="deputies", verbose_name="单位")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="stands_in", verbose_name="受委托人"
    )
    from_on = models.DateField("自")
    until_on = models.DateField("至")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="委托人")
    at = models.DateTimeField("委托时间", default=timezone.now)
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委托审签"
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(name="deputy_days_in_order", condition=Q(until_on__gte=F("from_on"))),
        ]

    def __str__(self):
        return f"{self.person}（{self.from_on:%Y-%m-%d}至{self.until_on:%Y-%m-%d}）"
