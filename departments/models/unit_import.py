"""Uploaded files of units and people, before and after they are imported."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class UnitImport(models.Model):
    """An uploaded file of units and people (名录导入); nothing is written to the register before it is confirmed.

    `rows` holds what was read: units, people and errors. `made` are the accounts that the import created.
    """

    file_name = models.CharField("文件名", max_length=200)
    rows = models.JSONField("读取结果", default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人")
    at = models.DateTimeField("上传时间", default=timezone.now)
    taken_at = models.DateTimeField("写入时间", null=True, blank=True)
    passwords_given_at = models.DateTimeField("初始密码下载时间", null=True, blank=True)
    made = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name="登记的人员")

    class Meta:
        verbose_name = verbose_name_plural = "名录导入"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.file_name
