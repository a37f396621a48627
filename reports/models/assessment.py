"""Rubrics and published results of the annual assessment (考核)."""

from django.conf import settings
from django.db import models

from departments.models import Unit
from reports.choices import Group
from tasks.models import Plan
from wenshang_disclosure.core.db import AppendOnly, AppendOnlyQuerySet
from wenshang_disclosure.core.web.errors import may


class Rubric(models.Model):
    """The rubric of one plan (考核标准): weights and values by criterion, as JSON."""

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="rubric", verbose_name="年度任务分解表")
    criteria = models.JSONField("评分标准")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修改人")
    changed_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核标准"

    def __str__(self):
        return f"{self.plan}考核标准"


class AssessmentQuerySet(AppendOnlyQuerySet):
    """Queryset of published assessments. Everybody may see that one exists; the points are restricted by row."""

    def latest_of(self, plan):
        """Return the plan's latest assessment, which is the valid one; `None` if there is none."""
        return self.filter(plan=plan).select_related("plan", "published_by").order_by("-pk").first()


class Assessment(AppendOnly):
    """A published assessment (考核结果): points as of a day by one rubric, frozen. The latest one is valid."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="assessments", verbose_name="年度任务分解表")
    as_of = models.DateField("截至日期")
    criteria = models.JSONField("评分标准")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="公布人")
    published_at = models.DateTimeField("公布时间")
    key = models.UUIDField("表单标识", unique=True, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核结果"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.plan}考核结果（截至{self.as_of:%Y-%m-%d}）"


class AssessmentRowQuerySet(AppendOnlyQuerySet):
    """Queryset of assessment rows."""

    def visible_to(self, user):
        """Return the rows that `user` may read: all, or those of their own unit."""
        return self if user.reads_everything else self.filter(unit=user.unit_id)

    def in_order_for(self, user):
        """Sort by rank where `user` may see it, otherwise as in the register."""
        ranked = may(user, "reports.see_published_ranks")
        return self.order_by("group", "rank" if ranked else "unit__order", "pk")


class AssessmentRow(AppendOnly):
    """A unit's points with the reason for each.

    `parts` is a list of dicts `criterion, points, out_of, reason`; the name is the unit's at publication.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="rows", verbose_name="考核结果")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    unit_name = models.CharField("单位名称", max_length=100)
    group = models.CharField("组别", max_length=12, choices=Group)
    rank = models.PositiveSmallIntegerField("名次")
    total = models.DecimalField("总分", max_digits=6, decimal_places=2)
    parts = models.JSONField("各项得分")

    objects = AssessmentRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位得分"
        ordering = ["group", "rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["assessment", "unit"], name="one_score_an_assessment_and_unit")]

    def __str__(self):
        return f"{self.unit_name} {self.total}"
