"""Imports of plans from files, with what was read and what the user answered."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tasks.choices import ImportState, Recurrence
from tasks.imports.meaning.columns import FIELDS
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

    @property
    def in_words(self):
        """Return the headings with what each means."""
        texts = self.headings.split("｜")
        pairs = zip(texts, self.columns, strict=False)
        return "；".join(f"{text or '（空）'}：{FIELDS.get(name, '不读取')}" for text, name in pairs)


class KnownAnswer(models.Model):
    """What a text of a table means, as a user said it (已学到的答复): a cell of units, or a deadline without a day."""

    class Kind(models.TextChoices):
        """What the text is."""

        CELLS = "cells", "单位一格"
        DEADLINES = "deadlines", "完成时限"

    kind = models.CharField("类别", max_length=12, choices=Kind)
    text = models.TextField("原文")
    answer = models.JSONField("答复")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="答复人")
    said_at = models.DateTimeField("答复时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "已学到的答复"
        ordering = ["kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="known_answer_once")]

    def __str__(self):
        return self.text[:60]

    @property
    def shown_text(self):
        """Return the text as it stands in the table."""
        return self.text.partition(":")[2] if self.kind == self.Kind.CELLS else self.text

    @property
    def in_words(self):
        """Return the answer in words."""
        if self.kind == self.Kind.DEADLINES:
            return Recurrence(self.answer["recurrence"]).label
        roles = (("牵头", self.answer.get("lead")), ("责任", self.answer.get("responsible")))
        return "；".join(f"{role}：{names}" for role, names in roles if names)
