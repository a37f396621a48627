"""Imports of plans from files, with what was read and what the user answered."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tasks.choices import ImportState
from wenshang_disclosure.files.models import StoredFile

from .plan import Plan


class PlanImportQuerySet(models.QuerySet):
    def open(self):
        """Filter to imports that are not completed, latest first."""
        return self.exclude(state=ImportState.TAKEN).order_by("-uploaded_at", "-pk")


class PlanImport(models.Model):
    """The import of one uploaded table (分解表导入); no plan is changed before the user confirms it.

    `source` is the content of the file (cells with their merges, paragraphs), `answers` the decisions of the user. The
    proposed plan is derived from both each time, so that every answer can be changed until the end.
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
        ordering = ["-uploaded_at", "-pk"]
        indexes = [models.Index(fields=["state", "-uploaded_at"], name="import_by_state")]

    def __str__(self):
        return self.file_name


class KnownHeadings(models.Model):
    """The meaning of the columns in tables with these headings, as a user assigned it."""

    headings = models.CharField("表头", max_length=500, unique=True)
    columns = models.JSONField("各列含义")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="指定人")

    class Meta:
        verbose_name = verbose_name_plural = "表头对照"
        ordering = ["pk"]

    def __str__(self):
        return self.headings
