"""Further memberships of people: a unit and a role beside those of the account, for a time (任职)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, Role

from .unit import Unit


class MembershipQuerySet(models.QuerySet):
    """Queryset of memberships."""

    def in_force(self, on=None):
        """Filter to those that count on a day, today by default: confirmed, not ended, first and last day included."""
        on = on or timezone.localdate()
        begun, lasts = Q(from_on__isnull=True) | Q(from_on__lte=on), Q(until_on__isnull=True) | Q(until_on__gte=on)
        return self.filter(begun, lasts, confirmed_at__isnull=False, ended_at__isnull=True)

    def not_over(self):
        """Filter to those that count today or may count later."""
        lasts = Q(until_on__isnull=True) | Q(until_on__gte=timezone.localdate())
        return self.filter(lasts, ended_at__isnull=True)

    def waiting(self):
        """Filter to those that wait for the second person."""
        return self.filter(confirmed_at__isnull=True, ended_at__isnull=True)


class Membership(models.Model):
    """A person acts for a unit in a role, beside the unit and role of the account, from one day to another.

    Without `until_on` it lasts. It counts once it is confirmed: at once, or by a second person where the account is one
    of the office's (design: Who may do what). A post that the account left is kept as one that is over.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name="人员"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name="单位")
    role = models.CharField("角色", max_length=16, choices=Role)
    from_on = models.DateField("自", null=True, blank=True)
    until_on = models.DateField("至", null=True, blank=True)
    calendar_key = models.CharField("日历地址摘要", max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    given_at = models.DateTimeField("登记时间", default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="结束人"
    )
    ended_at = models.DateTimeField("结束时间", null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="membership_days_in_order",
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
            models.CheckConstraint(name="membership_of_a_unit", condition=Q(role__in=sorted(BELONGS_TO_A_UNIT))),
        ]

    def __str__(self):
        return f"{self.unit}{self.get_role_display()}"

    @property
    def audit_name(self):
        """The user name with unit and role, so that the audit trail holds no personal names."""
        return f"{self.person.username} {self}"

    @property
    def label(self):
        """The membership in short, for the menu: “泉河街道联络员”."""
        return f"{self.unit.label}{self.get_role_display()}"

    @property
    def is_in_force(self):
        """Whether it counts today, by the same rule as `MembershipQuerySet.in_force`."""
        today = timezone.localdate()
        begun = self.from_on is None or self.from_on <= today
        lasts = self.until_on is None or self.until_on >= today
        return bool(begun and lasts and self.confirmed_at and not self.ended_at)

    @property
    def state(self):
        """Return how it stands today, in words."""
        if self.ended_at or self.until_on and self.until_on < timezone.localdate():
            return "已结束"
        if not self.confirmed_at:
            return "待另一名系统管理员确认"
        return "任职中" if self.is_in_force else "尚未开始"
