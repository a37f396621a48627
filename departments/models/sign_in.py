"""Sessions of signed-in people, and failed sign-ins."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from wenshang_disclosure.core.web.errors import may

LAST_SEEN_INTERVAL = timedelta(minutes=1)
"""How often `last_seen_at` is updated at most."""


class UserSessionQuerySet(models.QuerySet):
    """Queryset of sessions."""

    def active(self):
        """Return the sessions that were not ended and have not expired by idleness or age."""
        idle, old = _expired()
        return self.filter(ended_at__isnull=True, last_seen_at__gt=idle, signed_in_at__gt=old)

    def visible_to(self, user):
        """Return the sessions that `user` may see: all with `departments.see_sessions`, otherwise their own."""
        return self if may(user, "departments.see_sessions") else self.filter(user=user.pk)


def _expired():
    """Return the moments of last use and of sign-in up to which sessions have expired."""
    now = timezone.now()
    idle = now - timedelta(seconds=settings.SESSION_COOKIE_AGE) - LAST_SEEN_INTERVAL
    return idle, now - timedelta(hours=settings.SESSION_HOURS)


class UserSession(models.Model):
    """A person's session from sign-in to sign-out (登录会话); the browser's session stores its id.

    Kept apart from Django's session store, so that it works with every session engine and remains readable
    after its end.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="user_sessions", verbose_name="人员"
    )
    signed_in_at = models.DateTimeField("登录时间", default=timezone.now)
    last_seen_at = models.DateTimeField("最近活动时间", default=timezone.now)
    address = models.CharField("来源地址", max_length=45, blank=True)
    device = models.CharField("浏览器", max_length=80, blank=True)
    membership = models.ForeignKey(
        "departments.Membership", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="以何任职"
    )
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )

    objects = UserSessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "-last_seen_at"], name="session_by_user"),
            models.Index(fields=["-last_seen_at"], name="session_active", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self):
        return f"{self.user.username} {timezone.localtime(self.signed_in_at):%Y-%m-%d %H:%M}"

    @property
    def is_active(self):
        """Whether it counts now, by the same rule as `UserSessionQuerySet.active`."""
        idle, old = _expired()
        return self.ended_at is None and self.last_seen_at > idle and self.signed_in_at > old


class SignInFailureQuerySet(models.QuerySet):
    """Queryset of failed sign-ins."""

    def of_account(self, typed):
        """Return the failures that count against an account: those after its last success or release by the office."""
        return self.filter(typed=typed, account_lifted_at__isnull=True)

    def of_address(self, address):
        """Return the failures that count against an address.

        A successful sign-in does not clear them, as it may be the attacker's own account.
        """
        return self.filter(address=address, address_lifted_at__isnull=True)


class SignInFailure(models.Model):
    """A failed sign-in (登录失败).

    The user name as typed is stored as a keyed digest, since people type their password there by mistake. `user` is the
    account of that name, if any. An attempt is stored as failed before it is checked and deleted again on success.
    """

    typed = models.CharField("账号摘要", max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    address = models.CharField("来源地址", max_length=45, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)
    account_lifted_at = models.DateTimeField("账号解除时间", null=True, blank=True)
    address_lifted_at = models.DateTimeField("地址解除时间", null=True, blank=True)

    objects = SignInFailureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登录失败"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["typed", "-at"], name="failure_by_account"),
            models.Index(fields=["address", "-at"], name="failure_by_address"),
        ]

    def __str__(self):
        return f"{self.address} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"

    @staticmethod
    def digest(typed):
        """Return the keyed digest of a typed user name, ignoring case and surrounding spaces."""
        return salted_hmac("departments.SignInFailure", typed.strip().casefold(), algorithm="sha256").hexdigest()
