"""Model of stored files."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q

from wenshang_disclosure.core.db import Frozen
from wenshang_disclosure.core.web.errors import Conflict

from .choices import WHY_WITHHELD, WITHHELD, ScanState


class StoredFile(Frozen):
    """An uploaded file, stored under a random path outside every served folder; its content never changes.

    `marks` are warnings for those who open it (“含附件”), joined by “、”. If a virus scanner is configured, a file is
    withheld until it has been scanned and found clean.
    """

    FROZEN = (("TRUE", ("path", "size", "sha256")),)

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
        """Whether nobody may open the file: not scanned yet, or infected."""
        return self.scan in WITHHELD

    @property
    def is_infected(self):
        """Whether the scanner found a virus."""
        return self.scan == ScanState.INFECTED

    def open(self):
        """Return the content as an open file. Raises `Conflict` if withheld, `FileNotFoundError` if missing."""
        if self.is_withheld:
            raise Conflict(WHY_WITHHELD[self.scan])
        return default_storage.open(self.path)
