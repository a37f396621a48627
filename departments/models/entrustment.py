"""Who handled an account besides its owner: made it, or gave it a password (账号经手)."""

from collections import defaultdict

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from departments.choices import Handling


class EntrustmentQuerySet(models.QuerySet):
    """Queryset of entrustments."""

    def open(self):
        """Filter to those that nobody has ended."""
        return self.filter(ended_at__isnull=True)

    def as_links(self):
        """Return `(account, account of who handled it, moment of the end)` of all, by id."""
        return list(self.order_by("pk").values_list("person", "by", "ended_at"))


def links_since(links, moment=None):
    """Return `{account: {accounts of those who handled it}}` of those of `links` that were open at `moment` or later,
    by default of those that are open.
    """
    found = defaultdict(set)
    for person, by, ended_at in links:
        if ended_at is None or moment is not None and ended_at > moment:
            found[person].add(by)
    return found


def hands_of(people, links):
    """Return the ids of `people`, of all who handled their accounts, of those who handled theirs, and so on.

    `links` is that of `links_since`.
    """
    hands, waiting = set(), set(people)
    while waiting:
        hands |= waiting
        waiting = {by for person in waiting for by in links.get(person, ())} - hands
    return hands


class Entrustment(models.Model):
    """An account that somebody else made or gave a password, so that two accounts may be in one hand.

    It ends when a person with another hand, or the server, confirms that the owner has taken the account over, when the
    directory has let its owner in, or when somebody else gives a new password: what the one before knew then opens
    nothing. `ended_by` is empty for the server and the directory.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="entrustments", verbose_name="人员"
    )
    how = models.CharField("经手事项", max_length=10, choices=Handling)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经手人")
    at = models.DateTimeField("时间", default=timezone.now)
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )

    objects = EntrustmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账号经手"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["person"], name="entrustment_open", condition=Q(ended_at__isnull=True))]

    def __str__(self):
        return f"{self.person.username} {self.get_how_display()}"
