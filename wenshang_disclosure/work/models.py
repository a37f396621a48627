"""Model of background work."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from wenshang_disclosure.files.models import StoredFile

from .choices import UNFINISHED, JobState
from .kinds import KINDS

MAX_WAIT = timedelta(minutes=10)
"""Nobody carries work out where a job stands for longer than this."""


class JobQuerySet(models.QuerySet):
    def asked_by(self, user):
        """Filter to what `user` asked for, the latest first; nobody else gets to it."""
        return self.filter(by=user.pk).order_by("-asked_at", "-pk")

    def unfinished(self):
        """Filter to jobs that wait or run."""
        return self.filter(state__in=UNFINISHED)

    def to_take(self, now):
        """Filter to jobs that may be taken up: whose time has come, or whose lease has ended; the oldest first."""
        waits = Q(state=JobState.WAITING, due_at__lte=now)
        was_left = Q(state=JobState.RUNNING, leased_until__lt=now)
        return self.filter(waits | was_left).order_by("due_at", "pk")

    def standing(self, now=None):
        """Filter to jobs that should have been taken up `MAX_WAIT` ago."""
        return self.to_take((now or timezone.now()) - MAX_WAIT)


class Job(models.Model):
    """A piece of background work that a person asked for, with what became of it.

    `what` is what the kind needs to know. A person's `key` is there once among unfinished jobs, so that asking twice is
    asking once. `attempts` counts how often it was taken up, and tells the present holder of the lease from earlier
    ones. `done` of `of` says how far it is, in units of the kind's own.
    """

    kind = models.CharField("种类", max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    what = models.JSONField("内容")
    title = models.CharField("名称", max_length=200)
    key = models.CharField("摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.WAITING)
    asked_at = models.DateTimeField("申请时间", default=timezone.now)
    due_at = models.DateTimeField("不早于", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("已尝试", default=0)
    leased_until = models.DateTimeField("占用至", null=True, blank=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    done = models.PositiveBigIntegerField("已办", default=0)
    of = models.PositiveBigIntegerField("共", default=0)
    message = models.CharField("说明", max_length=300, blank=True)
    rights = models.CharField("权限摘要", max_length=64, blank=True)
    stored = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="job", verbose_name="文件"
    )
    file_name = models.CharField("文件名", max_length=200, blank=True)
    keep_until = models.DateTimeField("保留至", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(state__in=UNFINISHED), name="job_once_at_a_time"),
            models.CheckConstraint(
                name="running_job_is_leased", condition=~Q(state=JobState.RUNNING) | Q(leased_until__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=UNFINISHED), name="job_to_do"),
            models.Index(fields=["by", "-asked_at"], name="job_by_person"),
        ]

    def __str__(self):
        return self.title

    @property
    def audit_name(self):
        """What the audit trail calls it."""
        return self.title

    @property
    def is_unfinished(self):
        """Whether it waits or runs."""
        return self.state in UNFINISHED

    @property
    def is_failed(self):
        """Whether it was given up."""
        return self.state == JobState.FAILED

    @property
    def is_expired(self):
        """Whether its file is past its time."""
        return self.state == JobState.DONE and (self.stored_id is None or self.keep_until <= timezone.now())

    @property
    def is_ready(self):
        """Whether its file is there to be downloaded."""
        return self.state == JobState.DONE and not self.is_expired

    @property
    def state_in_words(self):
        """Return the state as readers are told it."""
        return "已过期" if self.is_expired else self.get_state_display()

    @property
    def percent(self):
        """Return how much is done, in per cent; `None` where that is not known yet. It is 100 only at the end."""
        if self.state == JobState.DONE:
            return 100
        return min(self.done * 100 // self.of, 99) if self.of else None

    @property
    def path(self):
        """Return the path of the page that shows it."""
        return reverse(KINDS[self.kind].page, args=[self.pk])
