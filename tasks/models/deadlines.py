"""A unit asks for a later deadline (延期申请), and the office decides (design: Rules of progress)."""

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When

from tasks.choices import ExtensionState, Status
from tasks.models.progress.assignment import Assignment
from wenshang_disclosure.files.models import StoredFile


def _extendable():
    return Assignment.objects.owed().exclude(status=Status.COMPLETED).order_by().values("pk")


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

    def waiting(self):
        """Cut to open requests that still matter: what is suspended, released or 办结 by now waits for nobody."""
        return self.open().filter(assignment__in=_extendable())

    def listed(self):
        """Cut to what a list shows: what waits, the oldest first, then what was answered, the latest first."""
        asked = Q(state=ExtensionState.ASKED)
        listed = self.filter(~asked | Q(assignment__in=_extendable()))
        waits = Case(When(asked, then=Value(0)), default=Value(1))
        return listed.annotate(place=waits).order_by("place", "-decided_at", "asked_at", "pk")

    def for_lists(self):
        """Fetch what every list shows of a request."""
        return self.select_related(
            "assignment__task__section__part", "assignment__unit", "assignment__plan", "asked_by", "decided_by"
        )


class Extension(models.Model):
    """A request for a later deadline of one duty: asked, then granted, refused or withdrawn.

    `old_due_on` is the deadline at the time of asking; `granted_due_on` may be another day than was asked for.
    `decided_by` and `decided_at` also tell who took it back, and when.
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

    @property
    def is_open(self):
        """Whether nobody has decided it, and nobody has taken it back."""
        return self.state == ExtensionState.ASKED

    def answer_in_words(self):
        """What became of it: “同意，延至2024-12-31”."""
        if self.state == ExtensionState.GRANTED:
            return f"{self.get_state_display()}，延至{self.granted_due_on:%Y-%m-%d}"
        return self.get_state_display()


class ExtensionFileQuerySet(models.QuerySet):
    """How the files of requests are read."""

    def visible_to(self, user):
        """Cut to the files of requests that `user` may read."""
        return self.filter(extension__in=Extension.objects.visible_to(user))


class ExtensionFile(models.Model):
    """A file that supports a request."""

    extension = models.ForeignKey(Extension, models.PROTECT, related_name="files", verbose_name="延期申请")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)

    objects = ExtensionFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期申请材料"
        ordering = ["pk"]

    def __str__(self):
        return self.file_name
