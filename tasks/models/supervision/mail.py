"""E-mails: saved in the transaction that causes them, sent afterwards, and retried on failure."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from tasks.choices import MailState

MAX_ATTEMPTS = 12
SENT_SHOWN_FOR = timedelta(days=30)


def message_id():
    """Return a Message-ID that is kept over all attempts, so that a mail server can detect duplicates."""
    return uuid.uuid4().hex


class MailQuerySet(models.QuerySet):
    def waiting(self, now=None):
        """Filter to mails that are due by now, oldest first."""
        now = now or timezone.now()
        return self.filter(sent_at__isnull=True, gave_up_at__isnull=True, next_try_at__lte=now).order_by("pk")

    def unsent(self):
        """Filter to mails that are still to be sent, now or later."""
        return self.filter(sent_at__isnull=True, gave_up_at__isnull=True)

    def given_up(self):
        """Filter to mails that are no longer retried."""
        return self.filter(sent_at__isnull=True, gave_up_at__isnull=False)

    def undelivered(self):
        """Filter to mails that failed, whether they are retried or not."""
        return self.filter(sent_at__isnull=True, attempts__gt=0)

    def in_state(self, state, now=None):
        """Filter to the mails of one state in the office's list; sent ones of the last 30 days."""
        if state == MailState.SENT:
            return self.filter(sent_at__gte=(now or timezone.now()) - SENT_SHOWN_FOR)
        if state == MailState.GIVEN_UP:
            return self.given_up()
        return self.unsent().filter(attempts__gt=0) if state == MailState.FAILING else self.unsent().filter(attempts=0)


class OutgoingMail(models.Model):
    """One e-mail to one person (待发邮件).

    `content` is what the mail is written from, so that it can be cut to what the person may read when it is sent; empty
    in mails from before it was kept.

    The mail of a saved view (视图) is written when it is sent. It is to `user`, or to `outside`, somebody without an
    account at `address`; `user` then is the one who set it up.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="收件人")
    address = models.EmailField("电子邮箱")
    content = models.JSONField("内容", null=True, blank=True, editable=False)
    subject = models.CharField("主题", max_length=200)
    text = models.TextField("正文")
    html = models.TextField("网页正文")
    digest_on = models.DateField("汇总日期", null=True, blank=True)
    view = models.ForeignKey(
        "tasks.SavedView", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="视图"
    )
    view_on = models.DateField("视图邮件日期", null=True, blank=True)
    outside = models.CharField("系统外收件人", max_length=40, blank=True)
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
            ),
            models.UniqueConstraint(
                fields=["view", "address", "view_on"],
                condition=models.Q(view_on__isnull=False),
                name="one_mail_of_a_view_a_day_and_address",
            ),
        ]
        indexes = [models.Index(fields=["sent_at", "gave_up_at", "next_try_at"], name="mail_queue")]

    def __str__(self):
        return self.subject

    @property
    def audit_name(self):
        """Return the name for the audit trail: the account, since the subject may quote what a user wrote."""
        return f"{self.user.username}设置的视图邮件" if self.outside else f"致{self.user.username}的邮件"

    @property
    def recipient(self):
        """Return the name of whom it is to."""
        return self.outside or self.user.name

    @property
    def state(self):
        """Return the state as listed for the office."""
        if self.sent_at:
            return MailState.SENT
        if self.gave_up_at:
            return MailState.GIVEN_UP
        return MailState.FAILING if self.attempts else MailState.WAITING
