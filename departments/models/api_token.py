"""API tokens of people (接口令牌)."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from departments.choices import TokenScope

LONGEST = timedelta(days=365)


class ApiTokenQuerySet(models.QuerySet):
    """Queryset of API tokens."""

    def of(self, user):
        """Return the tokens of `user` that are not revoked, newest first."""
        return self.filter(user=user, revoked_at__isnull=True)

    def valid(self):
        """Return the tokens that grant access: in force, of an active account with a password of its own."""
        in_force = self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())
        return in_force.filter(user__is_active=True, user__must_change_password=False)


def in_a_year():
    """Return the moment at which a token made now expires at the latest."""
    return timezone.now() + LONGEST


class ApiToken(models.Model):
    """A secret that grants read access to what its owner may read; only its SHA-256 is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name="所有人")
    membership = models.ForeignKey(
        "departments.Membership", models.PROTECT, null=True, blank=True, related_name="tokens", verbose_name="以何任职"
    )
    name = models.CharField("用途", max_length=60)
    key = models.CharField("摘要", max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("生成时间", default=timezone.now)
    expires_at = models.DateTimeField("有效期至", default=in_a_year)
    scope = models.CharField("可读取", max_length=10, choices=TokenScope, default=TokenScope.ALL)
    last_used_at = models.DateTimeField("最近使用时间", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        ordering = ["-pk"]

    def __str__(self):
        return self.name

    @property
    def expires_on(self):
        """Return the last day on which it works, or a part of it."""
        return timezone.localdate(self.expires_at - timedelta(microseconds=1))

    @property
    def is_expired(self):
        """Return whether it has expired."""
        return self.expires_at <= timezone.now()
