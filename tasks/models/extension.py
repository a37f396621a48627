"""A unit asks for a later deadline (延期申请), and the office decides (design §4)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from ..choices import ExtensionState
from .assignment import Assignment
from .evidence import StoredFile


class ExtensionQuerySet(models.QuerySet):
    """How requests are read."""

    def visible_to(self, user):
        """Cut to what `user` may read: all, the own unit's, and those on tasks that it coordinates."""
        if user.reads_everything:
            return self
        led = Assignment.objects.led_by(user, OuterRef("assignment__task"))
        return self.filter(Q(assignment__unit=user.unit_id) | Exists(led))

    def open(self):
        """Cut to what waits for a decision, the oldest first."""
        return self.filter(state=ExtensionState.ASKED).order_by("asked_at", "pk")

    def for_lists(self):
        """Fetch what every list shows of a request."""
        return self.select_related("assignment__task", "assignment__unit", "assignment__plan", "asked_by", "decided_by")


class Extension(models.Model):
    """A request for a later deadline of one duty: asked, then granted, refused or withdrawn.

    `old_due_on` is the deadline at the time of asking; `granted_due_on` may be another day than was asked for.
    `between` says which lights the duty showed after the old deadline where the decision came later than that.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="extensions", verbose_name="承办事项")
    state = models.CharField("状态", max_length=10, choices=ExtensionState, default=ExtensionState.ASKED)
    old_due_on = models.DateField("原时限")
    requested_due_on = models.DateField("申请延至")
    reason = models.TextField("延期理由")
    late_reason = models.TextField("逾期后才申请的原因", blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    granted_due_on = models.DateField("同意延至", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    comment = models.TextField("决定意见", blank=True)
    between = models.TextField("决定前的亮灯", blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state=ExtensionState.ASKED), name="one_open_extension_per_duty"
            ),
            models.CheckConstraint(name="extension_asks_for_later", condition=Q(requested_due_on__gt=F("old_due_on"))),
            models.CheckConstraint(
                name="extension_granted_with_a_day",
                condition=~Q(state=ExtensionState.GRANTED) | Q(granted_due_on__gt=F("old_due_on")),
            ),
            models.CheckConstraint(
                name="extension_decided_by_somebody",
                condition=~Q(state__in=[ExtensionState.GRANTED, ExtensionState.REFUSED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at"], name="extension_queue")]

    def __str__(self):
        return f"{self.assignment_id} {self.get_state_display()}"


class ExtensionFile(models.Model):
    """A file that supports a request."""

    extension = models.ForeignKey(Extension, models.PROTECT, related_name="files", verbose_name="延期申请")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "延期申请材料"
        ordering = ["pk"]

    def __str__(self):
        return self.file_name
