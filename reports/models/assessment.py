"""The year's assessment (考核): its rubric, and what was published."""

from django.conf import settings
from django.db import models

from departments.models import Unit
from tasks.models import Plan

from ..choices import Group


class Rubric(models.Model):
    """How the units of one plan are scored (考核标准): by criterion, its weight and its numbers, as plain data."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="rubric", verbose_name="年度任务分解表")
    criteria = models.JSONField("评分标准")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修改人")
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核标准"

    def __str__(self):
        return f"{self.plan}考核标准"


class Assessment(models.Model):
    """A published assessment: figures of one day by one rubric, frozen."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="assessments", verbose_name="年度任务分解表")
    as_of = models.DateField("截至日期")
    criteria = models.JSONField("评分标准")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="公布人")
    published_at = models.DateTimeField("公布时间")
    key = models.UUIDField("表单标识", unique=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "考核结果"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.plan}考核结果（截至{self.as_of:%Y-%m-%d}）"


class AssessmentRow(models.Model):
    """One unit's points, with the reason for each."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="rows", verbose_name="考核结果")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    group = models.CharField("组别", max_length=12, choices=Group)
    rank = models.PositiveSmallIntegerField("名次")
    total = models.DecimalField("总分", max_digits=6, decimal_places=2)
    parts = models.JSONField("各项得分")

    class Meta:
        verbose_name = verbose_name_plural = "单位得分"
        ordering = ["group", "rank", "unit__order"]
        constraints = [models.UniqueConstraint(fields=["assessment", "unit"], name="one_score_an_assessment_and_unit")]

    def __str__(self):
        return f"{self.unit} {self.total}"
