"""Reminders sent by hand (催办), and the response of the units."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, Min, OuterRef, Q, Subquery

from departments.choices import BELONGS_TO_A_UNIT
from tasks.choices import OFFICE, Grade, PlanState
from tasks.models.plans.plan import Plan
from tasks.models.progress.assignment import Assignment
from tasks.models.progress.report import ProgressReport

ANSWER_WITHIN_DAYS = 5
"""After so many days the office looks after a reminder that had no answer."""


class StockPhrase(models.Model):
    """A text that the office often sends (常用语)."""

    grade = models.CharField("等级", max_length=8, choices=Grade)
    text = models.TextField("内容")
    order = models.PositiveSmallIntegerField("排序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "催办常用语"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.text[:40]


class ReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the reminders that `user` may read: all, or those that the own unit sent or received."""
        if user.reads_everything:
            return self
        received = Reminder.objects.filter(items__assignment__unit=user.unit_id).values("pk")
        return self.filter(Q(from_unit=user.unit_id) | Q(pk__in=received))


class Reminder(models.Model):
    """A reminder of named duties by the office or a lead, with a text and a grade; never changed.

    `number` counts the office's reminders of one year, for their notice (通知单); those of others have none.
    `from_unit` is the lead that sent it, empty for the office.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reminders", verbose_name="年度任务分解表")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveIntegerField("编号", null=True, blank=True)
    grade = models.CharField("等级", max_length=8, choices=Grade)
    text = models.TextField("内容")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="催办人")
    from_unit = models.ForeignKey(
        "departments.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="催办单位"
    )
    at = models.DateTimeField("时间")
    on = models.DateField("日期")
    key = models.UUIDField("表单标识", unique=True, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催办"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="reminder_number_once_a_year")]
        indexes = [models.Index(fields=["plan", "-at"], name="reminder_by_plan")]

    def __str__(self):
        return f"{self.get_grade_display()}{self.mark}"

    @property
    def mark(self):
        """Return what tells it from others of its grade: the number of its notice, or sender and day."""
        return f"〔{self.year}〕{self.number}号" if self.number else f"（{self.sender} {self.on:%Y-%m-%d}）"

    @property
    def sender(self):
        """Return the name of the sender, as the recipient reads it."""
        return self.from_unit.name if self.from_unit else OFFICE


class ReminderItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the items of reminders that the own unit sent, and to the own unit's items; or all."""
        if user.reads_everything:
            return self
        return self.filter(Q(reminder__from_unit=user.unit_id) | Q(assignment__unit=user.unit_id))

    def with_outcome(self):
        """Annotate `followed_at`: when the unit first submitted a report after the reminder."""
        first = _reports_since().order_by().values("assignment").annotate(first=Min("submitted_at")).values("first")
        return self.annotate(followed_at=Subquery(first))

    def unanswered(self):
        """Filter to items after which the unit has submitted no report."""
        return self.exclude(Exists(_reports_since()))

    def awaiting_answer(self, today):
        """Filter to what the office reminded of `ANSWER_WITHIN_DAYS` ago or earlier, and has no answer to (催办待回复).

        Of a duty only the office's latest reminder, as long as the next step is with the unit.
        """
        later = ReminderItem.objects.filter(
            assignment=OuterRef("assignment"), reminder__from_unit__isnull=True, reminder__gt=OuterRef("reminder")
        )
        sent = self.filter(reminder__from_unit__isnull=True, reminder__on__lte=today - timedelta(ANSWER_WITHIN_DAYS))
        in_hand = Assignment.objects.owed().in_hand().order_by().values("pk")
        return sent.filter(assignment__in=in_hand).exclude(Exists(later)).unanswered()

    def unseen_by(self, user):
        """Filter to the items that nobody in the unit of `user` has seen yet, without those of withdrawn plans."""
        if user.role not in BELONGS_TO_A_UNIT:
            return self.none()
        unseen = self.filter(assignment__unit=user.unit_id, seen_at__isnull=True)
        return unseen.exclude(assignment__plan__state=PlanState.WITHDRAWN)


def _reports_since():
    """Return a subquery of the unit's reports submitted on the duty since the reminder."""
    reports = ProgressReport.objects.submitted()
    return reports.filter(assignment=OuterRef("assignment"), submitted_at__gt=OuterRef("reminder__at"))


class ReminderItem(models.Model):
    """One duty of a reminder, with when and by whom it was seen."""

    reminder = models.ForeignKey(Reminder, models.PROTECT, related_name="items", verbose_name="催办")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="reminded", verbose_name="承办事项")
    seen_at = models.DateTimeField("阅知时间", null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="阅知人"
    )

    objects = ReminderItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催办事项"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["reminder", "assignment"], name="chased_once_a_reminder")]
        indexes = [models.Index(fields=["assignment", "seen_at"], name="chased_by_duty")]

    def __str__(self):
        return f"{self.reminder} {self.assignment_id}"
