"""Evidence attached to reports (佐证材料)."""

from django.db import models
from django.db.models import Q

from tasks.choices import Event, EvidenceKind
from wenshang_disclosure.core.db import Frozen
from wenshang_disclosure.core.folding import Folded, FoldedQuerySet
from wenshang_disclosure.core.history import Historical, HistoricalQuerySet, keep_absence
from wenshang_disclosure.files import page_documents
from wenshang_disclosure.files.inspection.kinds import DOCUMENTS, ending_of
from wenshang_disclosure.files.models import StoredFile

from .report import IS_SUBMITTED, ProgressReport


class EvidenceQuerySet(HistoricalQuerySet, FoldedQuerySet):
    def visible_to(self, user):
        """Filter to the evidence on reports that `user` may read."""
        return self.filter(report__in=ProgressReport.objects.visible_to(user))


class Evidence(Historical, Folded, Frozen):
    """A file or a published link attached to a report.

    A report keeps its evidence once submitted; of one that was withdrawn, evenings before show what it had then.
    """

    KEPT_WHERE = {"report__transitions__event": Event.WITHDRAWN}  # noqa: RUF012

    SEARCHED = ("title", "file_name")
    FROZEN_ROWS = (
        "EXISTS (SELECT 1 FROM tasks_progressreport AS report WHERE report.id = OLD.report_id "  # noqa: S608, names of our own
        f"AND {IS_SUBMITTED.format('report')})"
    )
    FROZEN = ((FROZEN_ROWS, ("report_id", "order", "kind", "title", "dated_on", "url", "stored_id", "file_name")),)

    report = models.ForeignKey(
        ProgressReport, models.PROTECT, db_index=False, related_name="evidence", verbose_name="进展报告"
    )
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

    def save(self, *args, **kwargs):
        """Save the item; evenings before do not know of one that a withdrawn report gets now."""
        is_new = self._state.adding
        super().save(*args, **kwargs)
        if is_new:
            keep_absence([self])

    @property
    def suffix(self):
        """Return the ending of the file's name in capitals, "" for a link."""
        return self.file_name.rpartition(".")[2].upper()[:5] if self.stored_id else ""

    @property
    def is_picture(self):
        """Return whether pages can show it as a re-encoded picture."""
        return bool(self.stored and self.stored.content_type.startswith("image/"))

    @property
    def is_document(self):
        """Return whether it is an Office file, which pages show once LibreOffice has made it into PDF."""
        return bool(self.stored and ending_of(self.file_name) in DOCUMENTS)

    @property
    def is_shown_as_pdf(self):
        """Return whether this server can show it in pages as PDF."""
        return self.is_document and page_documents.is_possible()

    @property
    def is_pdf(self):
        """Return whether pages can show it page by page."""
        return bool(self.stored and self.stored.content_type == "application/pdf")
