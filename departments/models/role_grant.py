"""Proposals to give an account rights that one administrator alone cannot give (权限变更)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from departments.choices import GrantState, Role

from .unit import Unit


class RoleGrantQuerySet(models.QuerySet):
    """Queryset of proposals."""

    def pending(self):
        """Filter to those that wait for the second person."""
        return self.filter(state=GrantState.PENDING)

    def pending_of(self, person):
        """Filter to the one that waits for the account, if there is one."""
        return self.pending().filter(person=person)


class RoleGrant(models.Model):
    """What an account is to have, proposed by one administrator; it holds once another person has confirmed it.

    `decided_by` is empty where the second person was the server's.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name="人员")
    role = models.CharField("角色", max_length=16, choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在单位")
    is_active = models.BooleanField("启用")
    is_staff = models.BooleanField("系统管理员")
    state = models.CharField("状态", max_length=10, choices=GrantState, default=GrantState.PENDING)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_at = models.DateTimeField("提出时间", default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "权限变更"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state=GrantState.PENDING), name="one_pending_grant_a_person"
            ),
            models.CheckConstraint(
                name="grant_decided_at_a_time", condition=Q(state=GrantState.PENDING) ^ Q(decided_at__isnull=False)
            ),
            models.CheckConstraint(
                name="grant_confirmed_by_another",
                condition=~Q(state=GrantState.CONFIRMED) | Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
        ]

    def __str__(self):
        return f"{self.person.username} {self.get_state_display()}"

    def rights(self):
        """Return what the account is to have, by field."""
        return {name: getattr(self, name) for name in ("role", "unit", "is_active", "is_staff")}

    def in_words(self):
        """Return what the account is to have in words: “政府办公室工作人员、系统管理员”."""
        if not self.is_active:
            return "停用账号"
        unit = f"（{self.unit}）" if self.unit else ""
        return f"{self.get_role_display()}{unit}{'、系统管理员' if self.is_staff else ''}"
