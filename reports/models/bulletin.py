"""Issued bulletins (通报)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tasks.models import Plan
from wenshang_disclosure.core.db import AppendOnly, AppendOnlyQuerySet


class BulletinQuerySet(AppendOnlyQuerySet):
    """Queryset of bulletins."""

    def before(self, plan, as_of):
        """Return the last bulletin of a plan that is of a day before `as_of`, `None` if there is none."""
        return self.filter(plan=plan, as_of__lt=as_of).order_by("-number").first()

    def listed(self):
        """Return the bulletins with what a list shows of them, the latest first."""
        return self.select_related("plan", "by").order_by("-plan__year", "-number")


class Bulletin(AppendOnly):
    """An issued bulletin (通报) of a plan as of a day: its file as it was issued, numbered within the plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="bulletins", verbose_name="年度任务分解表")
    number = models.PositiveSmallIntegerField("期号")
    as_of = models.DateField("截至日期")
    stored = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="印发人")
    at = models.DateTimeField("印发时间", default=timezone.now)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="bulletin_number_once_a_plan")]

    def __str__(self):
        return f"{self.plan.year}年第{self.number}期通报"
