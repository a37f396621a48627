"""A file on its way to becoming a plan: what was read of it, what the person answered, and what came of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tasks.choices import ImportState
from wenshang_disclosure.files.models import StoredFile

from .plan import Plan


class PlanImportQuerySet(models.QuerySet):
    """How imports are read."""

    def open(self):
        """Cut to those that still wait for somebody, the latest first."""
        return self.exclude(state=ImportState.TAKEN).order_by("-uploaded_at")


class PlanImport(models.Model):
    """One uploaded table (分解表导入). Nothing of it is in a plan before the person says so.

    `source` is what the file says (cells with their merges, paragraphs), `answers` what the person settled; what the
    plan will be is worked out from both each time, so that every answer can be changed until the end.
    """

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人")
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now)
    year = models.PositiveSmallIntegerField("年度")
    target = models.ForeignKey(Plan, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="更新到")
    state = models.CharField("状态", max_length=12, choices=ImportState, default=ImportState.RECEIVED)
    message = models.TextField("说明", blank=True)
    progress = models.PositiveSmallIntegerField("已读取（%）", default=0)
    reading_since = models.DateTimeField("开始读取", null=True, blank=True)
    source = models.JSONField("读取结果", default=dict)
    answers = models.JSONField("核对结果", default=dict)
    version = models.PositiveIntegerField("版本", default=0)
    plan = models.ForeignKey(
        Plan, models.SET_NULL, null=True, blank=True, related_name="imports", verbose_name="写入的分解表"
    )

    objects = PlanImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分解表导入"
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["state", "-uploaded_at"], name="import_by_state")]

    def __str__(self):
        return self.file_name


class KnownHeadings(models.Model):
    """Which column is which in tables with these headings, as a person once said."""

    headings = models.CharField("表头", max_length=500, unique=True)
    columns = models.JSONField("各列含义")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="指定人")

    class Meta:
        verbose_name = verbose_name_plural = "表头对照"
        ordering = ["pk"]

    def __str__(self):
        return self.headings
