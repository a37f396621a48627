"""Moves of accounts to another unit on a day to come (预定调动)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.choices import MoveState, Role

from .unit import Unit


class ScheduledMoveQuerySet(models.QuerySet):
    """Queryset of scheduled moves."""

    def waiting(self):
        """Filter to those that are still to be carried out."""
        return self.filter(state=MoveState.WAITING)

    def due(self):
        """Filter to those whose day has come."""
        return self.waiting().filter(on__lte=timezone.localdate()).order_by("on", "pk")


class ScheduledMove(models.Model):
    """To which unit and role an account moves on a day to come; the daily run carries it out.

    `outcome` says, in words, why it was not carried out, or what it waits for.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="scheduled_moves", verbose_name="人员"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="调到")
    role = models.CharField("角色", max_length=16, choices=Role)
    on = models.DateField("自")
    state = models.CharField("状态", max_length=10, choices=MoveState, default=MoveState.WAITING)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    scheduled_at = models.DateTimeField("登记时间", default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="取消人"
    )
    ended_at = models.DateTimeField("办理或取消时间", null=True)
    outcome = models.CharField("办理情况", max_length=200, blank=True)

    objects = ScheduledMoveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预定调动"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state=MoveState.WAITING), name="one_waiting_move_a_person"
            ),
            models.CheckConstraint(
                name="move_ended_at_a_time", condition=Q(state=MoveState.WAITING) ^ Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.on:%Y-%m-%d}调任{self.post_in_words}"

    @property
    def audit_name(self):
        """The user name with day and post, so that the audit trail holds no personal names."""
        return f"{self.person.username} {self}"

    @property
    def post_in_words(self):
        """The post that the person moves to: “县商务局联络员”."""
        return f"{self.unit.name if self.unit else ''}{self.get_role_display()}"
