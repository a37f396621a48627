"""API tokens of people (接口令牌)."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class ApiTokenQuerySet(models.QuerySet):
    """Queryset of API tokens."""

    def of(self, user):
        """Return the tokens of `user` that are not revoked, newest first."""
        return self.filter(user=user, revoked_at__isnull=True)

    def valid(self):
        """Return the tokens that grant access: not revoked, of an active account with a password of its own."""
        return self.filter(revoked_at__isnull=True, user__is_active=True, user__must_change_password=False)


class ApiToken(models.Model):
    """A secret that grants read access to what its owner may read; only its SHA-256 is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name="所有人")
    name = models.CharField("用途", max_length=60)
    key = models.CharField("摘要", max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("生成时间", default=timezone.now)
    last_used_at = models.DateTimeField("最近使用时间", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        ordering = ["-pk"]

    def __str__(self):
        return self.name
