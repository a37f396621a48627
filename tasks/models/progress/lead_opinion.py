"""Opinions of leads on responsible units' reports (牵头意见)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from tasks.choices import Opinion

from .report import ProgressReport


def without_opinion(reports, unit):
    """Filter reports to those on which `unit` has given no opinion since they were submitted."""
    said = LeadOpinion.objects.filter(report=OuterRef("pk"), unit=unit, at__gte=OuterRef("submitted_at"))
    return reports.exclude(Exists(said))


def awaiting_opinion(reports, user):
    """Filter reports of responsible units to those that wait for the opinion of the lead's liaison `user` (待提意见).

    Of each duty the newest, and every one at the lead's stage: as long as nobody has answered it, and unless `user`
    wrote it (four eyes).
    """
    waiting = reports.for_lead().waiting().exclude(author=user).exclude(writers=user)
    return without_opinion(waiting, user.unit_id)


class LeadOpinion(models.Model):
    """An append-only opinion of a lead on one report, shown to the unit and the reviewer; the latest counts."""

    report = models.ForeignKey(
        ProgressReport, models.PROTECT, db_index=False, related_name="opinions", verbose_name="进展报告"
    )
    unit = models.ForeignKey("departments.Unit", models.PROTECT, related_name="+", verbose_name="牵头部门")
    opinion = models.CharField("意见", max_length=12, choices=Opinion)
    text = models.TextField("说明", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "牵头意见"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["report", "-id"], name="opinion_by_report")]
        constraints = [
            models.CheckConstraint(name="wanting_more_says_what", condition=~Q(opinion="wants_more") | ~Q(text=""))
        ]

    def __str__(self):
        return f"{self.unit}{self.get_opinion_display()}"
