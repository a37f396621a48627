"""What proves a report (佐证材料), and the files behind it."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q

from wenshang_disclosure.common.errors import Conflict
from wenshang_disclosure.scanner.choices import ScanState

from ..choices import WHY_WITHHELD, WITHHELD, EvidenceKind
from .progress import ProgressReport


class StoredFile(models.Model):
    """A file as it was uploaded, under a random path outside every served folder; its content never changes.

    `marks` are words that warn whoever opens it (“含附件”), joined by “、”. Where a virus scanner is set up, a file is
    given out only once the scanner has found nothing in it.
    """

    path = models.CharField("存放位置", max_length=80, unique=True)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)
    content_type = models.CharField("类型", max_length=100)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    marks = models.CharField("提示", max_length=200, blank=True)
    scan = models.CharField("病毒扫描", max_length=10, choices=ScanState, default=ScanState.OFF)
    scanned_at = models.DateTimeField("扫描时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "已存文件"
        indexes = [
            models.Index(fields=["sha256"], name="file_by_sum"),
            models.Index(fields=["id"], name="file_to_scan", condition=Q(scan=ScanState.WAITING)),
        ]

    def __str__(self):
        return self.path

    @property
    def is_withheld(self):
        """Whether it is kept from everybody: not scanned yet, or found infected."""
        return self.scan in WITHHELD

    @property
    def is_infected(self):
        """Whether the scanner found something in it."""
        return self.scan == ScanState.INFECTED

    def open(self):
        """Open the content to be given out. Raises `Conflict` where it is withheld, `FileNotFoundError` where gone."""
        if self.is_withheld:
            raise Conflict(WHY_WITHHELD[self.scan])
        return default_storage.open(self.path)


class EvidenceQuerySet(models.QuerySet):
    """How evidence is read."""

    def visible_to(self, user):
        """Cut to evidence on reports that `user` may read."""
        return self.filter(report__in=ProgressReport.objects.visible_to(user))


class Evidence(models.Model):
    """A file or a published link on a report."""

    report = models.ForeignKey(ProgressReport, models.PROTECT, related_name="evidence", verbose_name="进展报告")
    order = models.PositiveSmallIntegerField("排序")
    kind = models.CharField("类别", max_length=12, choices=EvidenceKind, default=EvidenceKind.OTHER)
    title = models.CharField("名称", max_length=200)
    dated_on = models.DateField("日期", null=True, blank=True)
    url = models.URLField("发布链接", max_length=500, blank=True)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ["report", "order"]
        constraints = [
            models.UniqueConstraint(fields=["report", "order"], name="evidence_place_once"),
            models.CheckConstraint(
                name="evidence_is_file_or_link",
                condition=Q(stored__isnull=False, url="") | Q(stored__isnull=True) & ~Q(url=""),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_picture(self):
        """Whether a page can show it as a picture, made anew."""
        return bool(self.stored and self.stored.content_type.startswith("image/"))

    @property
    def is_pdf(self):
        """Whether it can be shown page by page."""
        return bool(self.stored and self.stored.content_type == "application/pdf")
