"""Who is signed in where, and what failed at the door."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from wenshang_disclosure.core.web.errors import may

SEEN_EVERY = timedelta(minutes=1)
"""So exactly is it kept when somebody was seen last."""


class UserSessionQuerySet(models.QuerySet):
    """How sign-ins are read."""

    def going_on(self):
        """Cut to those that nobody ended and that did not run out by idleness or age."""
        now = timezone.now()
        idle = now - timedelta(seconds=settings.SESSION_COOKIE_AGE) - SEEN_EVERY
        old = now - timedelta(hours=settings.SESSION_HOURS)
        return self.filter(ended_at__isnull=True, last_seen_at__gt=idle, signed_in_at__gt=old)

    def visible_to(self, user):
        """Cut to what `user` may see: everybody's for those who watch over signing in, else the own ones."""
        return self if may(user, "departments.see_sessions") else self.filter(user=user.pk)


class UserSession(models.Model):
    """One stay of a person, from signing in to signing out (登录会话); the browser's session knows its id.

    It is kept beside the session store, so that it works wherever sessions are kept, and stays readable after its end.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_ins", verbose_name="人员")
    signed_in_at = models.DateTimeField("登录时间", default=timezone.now)
    last_seen_at = models.DateTimeField("最近活动时间", default=timezone.now)
    address = models.CharField("来源地址", max_length=45, blank=True)
    device = models.CharField("浏览器", max_length=80, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )

    objects = UserSessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["user", "-last_seen_at"], name="stay_of_a_person"),
            models.Index(fields=["-last_seen_at"], name="stay_going_on", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self):
        return f"{self.user.username} {timezone.localtime(self.signed_in_at):%Y-%m-%d %H:%M}"


class SignInFailureQuerySet(models.QuerySet):
    """How failures are read."""

    def of_account(self, typed):
        """Cut to those that count against an account: since its last success, or since the office lifted them."""
        return self.filter(typed=typed, account_lifted_at__isnull=True)

    def of_address(self, address):
        """Cut to those that count against an address: a success there, perhaps of the guesser's own, lifts none."""
        return self.filter(address=address, address_lifted_at__isnull=True)


class SignInFailure(models.Model):
    """A sign-in that failed (登录失败).

    What was typed as the account is kept as a keyed digest: people type their password there. `user` is whom it would
    be. A try is kept as failed before it is judged, and taken away again when it was right.
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
        """Return how a typed account is kept: the same whatever its case and spaces around it."""
        return salted_hmac("departments.SignInFailure", typed.strip().casefold(), algorithm="sha256").hexdigest()
