"""Ratings of approved reports by reviewers (质量评价)."""

from django.conf import settings
from django.db import models

from tasks.choices import GOOD_ENOUGH_TO_FOLLOW, Quality
from wenshang_disclosure.core.db import AppendOnly

from .report import ProgressReport


class QualityRating(AppendOnly):
    """One rating of one approved report; the latest counts, and the rating on any past evening can be derived.

    `quality` is empty where the rating was withdrawn.
    """

    report = models.ForeignKey(
        ProgressReport, models.PROTECT, db_index=False, related_name="ratings", verbose_name="进展报告"
    )
    quality = models.PositiveSmallIntegerField("质量评价", choices=Quality, null=True, blank=True)
    is_exemplary = models.BooleanField("典型经验", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="评价人")
    at = models.DateTimeField("时间")
    on = models.DateField("日期", help_text="上海时区的日期。")

    class Meta:
        verbose_name = verbose_name_plural = "质量评价"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["report", "on", "id"], name="rating_by_day")]
        constraints = [
            models.CheckConstraint(
                name="rated_exemplary_where_good",
                condition=models.Q(is_exemplary=False)
                | models.Q(quality__isnull=False, quality__in=GOOD_ENOUGH_TO_FOLLOW),
            )
        ]

    def __str__(self):
        return self.words

    @property
    def words(self):
        """Return the rating in words."""
        label = self.get_quality_display() if self.quality else "未评价"
        return f"{label}，典型经验" if self.is_exemplary else label
