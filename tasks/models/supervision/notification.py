"""Notifications of users in the application (通知)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from departments.models import Membership


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the user's own notifications, latest first."""
        return self.filter(user=user).order_by("-created_at", "-pk")

    def unread(self):
        """Filter to notifications that were not read yet."""
        return self.filter(read_at__isnull=True)

    def of_present_unit(self):
        """Filter to what people were told for a unit that they belong to today, or for none."""
        further = Membership.objects.in_force().filter(person=OuterRef("user"), unit=OuterRef("unit"))
        return self.filter(Q(unit__isnull=True) | Q(unit=F("user__unit")) | Exists(further))


class Notification(models.Model):
    """A line for one user that says what happened, with the path of the page that shows it.

    `unit` is the unit for which the user was told, empty for people of the office.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="notifications", verbose_name="接收人"
    )
    unit = models.ForeignKey(
        "departments.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所代表单位"
    )
    text = models.CharField("内容", max_length=300)
    path = models.CharField("页面", max_length=300)
    created_at = models.DateTimeField("时间", default=timezone.now)
    mail = models.ForeignKey(
        "tasks.OutgoingMail", models.SET_NULL, null=True, blank=True, related_name="notifications", verbose_name="邮件"
    )
    read_at = models.DateTimeField("查看时间", null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user", "read_at", "-created_at"], name="notification_by_user")]

    def __str__(self):
        return self.text
