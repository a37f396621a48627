"""The office calls for a report between two dates (报送批次)."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from ..choices import IN_HOUSE
from .assignment import Assignment
from .plan import Plan
from .progress import ProgressReport

FOR_EVER = Value(datetime(9999, 1, 1, tzinfo=UTC), models.DateTimeField())
"""Stands for "not closed yet"."""


class RoundQuerySet(models.QuerySet):
    """How rounds are read."""

    def visible_to(self, user):
        """Cut to what `user` may read: all, and those in which the own unit has something to hand in."""
        if user.reads_everything:
            return self
        return self.filter(Exists(RoundItem.objects.filter(round=OuterRef("pk"), assignment__unit=user.unit_id)))

    def running(self, on=None):
        """Cut to the rounds that have begun and were not closed by the office."""
        on = on or timezone.localdate()
        return self.filter(opens_on__lte=on, closed_at__isnull=True)


class ReportingRound(models.Model):
    """A call for reports on chosen duties between two days, both counted; `is_recurring` where a deadline made it."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds", verbose_name="年度任务分解表")
    title = models.CharField("名称", max_length=100)
    text = models.TextField("报送要求", blank=True)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    is_recurring = models.BooleanField("定期产生", default=False, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    at = models.DateTimeField("发起时间", default=timezone.now)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    key = models.UUIDField("表单标识", unique=True, null=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送批次"
        ordering = ["-opens_on", "-pk"]
        indexes = [models.Index(fields=["plan", "-opens_on"], name="round_by_plan")]
        constraints = [
            models.CheckConstraint(
                name="round_days_in_order",
                condition=Q(closes_on__gte=F("opens_on")),
                violation_error_message="截止日期不能早于开始日期。",
            ),
            models.UniqueConstraint(
                fields=["plan", "closes_on"], condition=Q(is_recurring=True), name="one_recurring_round_a_day"
            ),
        ]

    def __str__(self):
        return self.title


class RoundItemQuerySet(models.QuerySet):
    """How the duties of a round are read."""

    def visible_to(self, user):
        """Cut to the duties that `user` may read."""
        return self.filter(assignment__in=Assignment.objects.visible_to(user).values("pk"))

    def counting(self, on=None):
        """Cut to the duties that still count: not released, not suspended."""
        return self.filter(assignment__in=Assignment.objects.owed(on).values("pk"))

    def with_hand_in(self):
        """Annotate `handed_in_at` (the first report since the round began, up to its end) and `is_late` (a boolean)."""
        reports = (
            ProgressReport.objects.exclude(state__in=IN_HOUSE)
            .annotate(day=TruncDate("submitted_at"))
            .filter(
                assignment=OuterRef("assignment"),
                day__gte=OuterRef("round__opens_on"),
                submitted_at__lte=Coalesce(OuterRef("round__closed_at"), FOR_EVER),
            )
        )
        first = reports.order_by().values("assignment").annotate(first=Min("submitted_at")).values("first")
        return self.annotate(handed_in_at=Subquery(first)).annotate(
            is_late=Case(When(handed_in_at__date__gt=F("round__closes_on"), then=Value(True)), default=Value(False))
        )

    def wanted(self):
        """Cut to what running rounds still want. Needs `with_hand_in`."""
        return self.filter(round__closed_at__isnull=True, handed_in_at__isnull=True)


class RoundItem(models.Model):
    """One duty of which a round wants a report."""

    round = models.ForeignKey(ReportingRound, models.PROTECT, related_name="items", verbose_name="报送批次")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="round_items", verbose_name="承办事项")

    objects = RoundItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批次事项"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "assignment"], name="asked_once_a_round")]

    def __str__(self):
        return f"{self.round} {self.assignment_id}"
