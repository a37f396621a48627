"""Requests of units for a later deadline (延期申请), decided by the office (design: Rules of progress)."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When

from departments.models import Unit
from tasks.choices import ExtensionState, Status
from tasks.models.progress.assignment import Assignment
from wenshang_disclosure.core.db import AppendOnly
from wenshang_disclosure.files.models import StoredFile


def _extendable():
    return Assignment.objects.owed().exclude(status=Status.COMPLETED).order_by().values("pk")


class ExtensionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the requests that `user` may read: all, or the own unit's and those of units that were merged into
        it.
        """
        return self if user.reads_everything else self.filter(assignment__unit__in=Unit.objects.of(user).values("pk"))

    def open(self):
        """Filter to undecided requests, oldest first."""
        return self.filter(state=ExtensionState.REQUESTED).order_by("requested_at", "pk")

    def waiting(self):
        """Filter to undecided requests that still apply: the duty is owed, not suspended and not completed."""
        return self.open().filter(assignment__in=_extendable())

    def listed(self):
        """Filter to the requests of a list: undecided ones, oldest first, then decided ones, latest first."""
        undecided = Q(state=ExtensionState.REQUESTED)
        listed = self.filter(~undecided | Q(assignment__in=_extendable()))
        waits = Case(When(undecided, then=Value(0)), default=Value(1))
        return listed.annotate(place=waits).order_by("place", "-decided_at", "requested_at", "pk")

    def for_lists(self):
        """Select the related objects that lists show."""
        return self.select_related(
            "assignment__task__section__part", "assignment__unit", "assignment__plan", "requested_by", "decided_by"
        )


class Extension(models.Model):
    """A request for a later deadline of one duty: undecided, then granted, refused or withdrawn.

    `old_due_on` is the deadline at the time of the request; `granted_due_on` may differ from `requested_due_on`.
    `decided_by` and `decided_at` also record a withdrawal. `between` names the lights that the duty showed between the
    old deadline and a later decision.
    """

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="extensions", verbose_name="承办事项")
    state = models.CharField("状态", max_length=10, choices=ExtensionState, default=ExtensionState.REQUESTED)
    old_due_on = models.DateField("原时限")
    requested_due_on = models.DateField("申请延至")
    reason = models.TextField("延期理由")
    late_reason = models.TextField("逾期后才申请的原因", blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
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
                fields=["assignment"], condition=Q(state=ExtensionState.REQUESTED), name="one_open_extension_per_duty"
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
        indexes = [models.Index(fields=["state", "requested_at"], name="extension_queue")]

    def __str__(self):
        return f"{self.assignment_id} {self.get_state_display()}"

    @property
    def is_open(self):
        """Return whether it is neither decided nor withdrawn."""
        return self.state == ExtensionState.REQUESTED

    def answer_in_words(self):
        """Return the state in words: “同意，延至2024-12-31”."""
        return _in_words(self)


class UndoneDecision(AppendOnly):
    """A decision on a request that the office took back (撤回决定), as it was; the request is undecided again."""

    extension = models.ForeignKey(Extension, models.PROTECT, related_name="undone_decisions", verbose_name="延期申请")
    state = models.CharField("决定", max_length=10, choices=ExtensionState)
    granted_due_on = models.DateField("同意延至", null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间")
    comment = models.TextField("决定意见", blank=True)
    between = models.TextField("决定前的亮灯", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="撤回人")
    at = models.DateTimeField("撤回时间")
    reason = models.TextField("撤回的原因")

    class Meta:
        verbose_name = verbose_name_plural = "已撤回的延期决定"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.extension_id} {self.get_state_display()}"

    def in_words(self):
        """Return the decision in words: “同意，延至2024-12-31”."""
        return _in_words(self)


def _in_words(decision):
    """Return the state of a request, or of a decision that was taken back, with the day of a granted one."""
    label = decision.get_state_display()
    return f"{label}，延至{decision.granted_due_on:%Y-%m-%d}" if decision.granted_due_on else label


class ExtensionFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the files of requests that `user` may read."""
        return self.filter(extension__in=Extension.objects.visible_to(user))


class ExtensionFile(models.Model):
    """A file attached to a request."""

    extension = models.ForeignKey(Extension, models.PROTECT, related_name="files", verbose_name="延期申请")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    file_name = models.CharField("文件名", max_length=200)

    objects = ExtensionFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期申请材料"
        ordering = ["pk"]

    def __str__(self):
        return self.file_name
