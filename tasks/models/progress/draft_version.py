"""Earlier words of drafts (早先的草稿)."""

from django.conf import settings
from django.db import models

from .report import ProgressReport


class DraftVersion(models.Model):
    """Words that a draft had before they were overwritten: what, by whom, when, and since when they are kept.

    They are internal to the unit: only its writers read them, on the page of the draft, and they end with the draft or
    its submission. `by` is empty where nobody knows, as for words from before the product kept it.
    """

    report = models.ForeignKey(ProgressReport, models.CASCADE, related_name="draft_versions", verbose_name="进展报告")
    number = models.PositiveIntegerField("序号")
    text = models.TextField("进展情况", blank=True)
    obstacles = models.TextField("存在问题", blank=True)
    next_steps = models.TextField("下步措施", blank=True)
    count = models.PositiveSmallIntegerField("本次完成数量", null=True, blank=True)
    claims_completion = models.BooleanField("申报办结", default=False)
    open_units_note = models.TextField("对未办结责任单位的说明", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填写人"
    )
    at = models.DateTimeField("填写时间")
    kept_at = models.DateTimeField("留存时间")

    class Meta:
        verbose_name = verbose_name_plural = "早先的草稿"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="draft_version_number_once")]

    def __str__(self):
        return f"{self.report} {self.number}"

    @property
    def first_words(self):
        """Return the text that the list shows of it: the first field that says something."""
        return self.text or self.obstacles or self.next_steps or self.open_units_note
