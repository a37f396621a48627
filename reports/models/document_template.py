"""Custom Word templates (模板)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from reports.choices import TemplateKind


class DocumentTemplateQuerySet(models.QuerySet):
    """Queryset of document templates."""

    def in_use(self, kind):
        """Return the custom template of a kind, `None` if the default is in use."""
        return self.filter(kind=kind, is_used=True).select_related("by", "stored").order_by("-pk").first()


class DocumentTemplate(models.Model):
    """A custom .docx template of one kind; the latest one in use applies, otherwise the default."""

    kind = models.CharField("用途", max_length=16, choices=TemplateKind)
    stored = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)
    is_used = models.BooleanField("使用中", default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间", default=timezone.now)

    objects = DocumentTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文件模板"
        ordering = ["-pk"]

    def __str__(self):
        return self.file_name
