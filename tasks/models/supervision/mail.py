"""E-mails on their way: written with what they tell of, sent afterwards, tried again where that fails."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from tasks.choices import MailState

MOST_ATTEMPTS = 12
SENT_LATELY = timedelta(days=30)


def message_id():
    """Return a mark that the mail bears at every attempt, so that a mail server can tell one that came twice."""
    return uuid.uuid4().hex


class MailQuerySet(models.QuerySet):
    """How mails are read."""

    def waiting(self, now=None):
        """Cut to what is to be sent by now, the oldest first."""
        now = now or timezone.now()
        return self.filter(sent_at__isnull=True, gave_up_at__isnull=True, next_try_at__lte=now).order_by("pk")

    def unsent(self):
        """Cut to what is still to be sent, now or later."""
        return self.filter(sent_at__isnull=True, gave_up_at__isnull=True)

    def given_up(self):
        """Cut to what is not tried any more."""
        return self.filter(sent_at__isnull=True, gave_up_at__isnull=False)

    def undelivered(self):
        """Cut to what was tried and did not arrive, whether it is tried again or not."""
        return self.filter(sent_at__isnull=True, attempts__gt=0)

    def in_state(self, state, now=None):
        """Cut to what the office looks at under one heading; of what was sent, the last month."""
        if state == MailState.SENT:
            return self.filter(sent_at__gte=(now or timezone.now()) - SENT_LATELY)
        if state == MailState.GIVEN_UP:
            return self.given_up()
        return self.unsent().filter(attempts__gt=0) if state == MailState.FAILING else self.unsent().filter(attempts=0)


class OutgoingMail(models.Model):
    """One e-mail to one person (待发邮件)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="收件人")
    address = models.EmailField("电子邮箱")
    subject = models.CharField("主题", max_length=200)
    text = models.TextField("正文")
    html = models.TextField("网页正文")
    digest_on = models.DateField("汇总日期", null=True, blank=True)
    message_id = models.CharField("邮件标识", max_length=32, default=message_id, unique=True, editable=False)
    created_at = models.DateTimeField("生成时间", default=timezone.now)
    next_try_at = models.DateTimeField("下次发送时间", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("已尝试次数", default=0)
    last_error = models.CharField("失败原因", max_length=300, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    gave_up_at = models.DateTimeField("停止发送时间", null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "邮件"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "digest_on"],
                condition=models.Q(digest_on__isnull=False),
                name="one_digest_mail_a_day_and_person",
            )
        ]
        indexes = [models.Index(fields=["sent_at", "gave_up_at", "next_try_at"], name="mail_queue")]

    def __str__(self):
        return self.subject

    @property
    def audit_name(self):
        """To whose account: the subject may quote what somebody wrote."""
        return f"致{self.user.username}的邮件"

    @property
    def state(self):
        """How far it is."""
        if self.sent_at:
            return MailState.SENT
        if self.gave_up_at:
            return MailState.GIVEN_UP
        return MailState.FAILING if self.attempts else MailState.WAITING
