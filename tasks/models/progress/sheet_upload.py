"""Uploaded 填报表: what they say, and what was chosen and done with them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from departments.models import Unit


class SheetUploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to those that `user` uploaded for the unit that they act for; the office for any."""
        own = self.filter(by=user)
        unit = user.acting_unit_id
        return own.filter(for_unit=True) if unit is None else own.filter(for_unit=False, unit=unit)


class SheetUpload(models.Model):
    """A 填报表 that somebody uploaded, kept for its check page; the file itself is not kept.

    `content` is what was read: rows with their texts, and what the file says it is. `choices` are, by the id of a duty,
    whose text holds where the server's changed meanwhile, and for which state of the server that was chosen. `results`
    are those of the last step, a dict a row. With `for_unit` the office takes it in (代填).
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    for_unit = models.BooleanField("代填", default=False)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.JSONField("读取结果", default=dict)
    choices = models.JSONField("选择", default=dict)
    attested_name = models.CharField("保密审查人", max_length=40, blank=True)
    results = models.JSONField("办理结果", default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间", default=timezone.now)
    taken_at = models.DateTimeField("办理时间", null=True, blank=True)

    objects = SheetUploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "填报表"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["by", "-at"], name="sheet_by_person")]

    def __str__(self):
        return self.file_name
