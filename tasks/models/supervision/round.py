"""Reporting rounds, in which the office calls for reports between two days (报送批次)."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from tasks.choices import RoundPhase, Status, Submission
from tasks.models.plans.plan import Plan
from tasks.models.progress.assignment import Assignment
from tasks.models.progress.report import ProgressReport
from tasks.models.progress.transition import Transition
from wenshang_disclosure.core.db import AppendOnly
from wenshang_disclosure.core.history import Historical, HistoricalQuerySet

FOR_EVER = Value(datetime(9999, 1, 1, tzinfo=UTC), models.DateTimeField())
"""Replaces the closing time of a round that is not closed."""


class RoundQuerySet(HistoricalQuerySet):
    def visible_to(self, user):
        """Filter to the rounds that `user` may read: all, or those that include duties of the own unit."""
        if user.reads_everything:
            return self
        return self.filter(Exists(RoundItem.objects.filter(round=OuterRef("pk"), assignment__unit=user.unit_id)))

    def in_phases(self, phases):
        """Filter to the rounds that are in one of `phases` (`RoundPhase`) today."""
        today = timezone.localdate()
        open_ = Q(closed_at__isnull=True)
        of = {
            RoundPhase.CLOSED: ~open_,
            RoundPhase.COMING: open_ & Q(opens_on__gt=today),
            RoundPhase.RUNNING: open_ & Q(opens_on__lte=today, closes_on__gte=today),
            RoundPhase.OVER_TIME: open_ & Q(closes_on__lt=today),
        }
        wanted = Q(pk__in=[])
        for phase in phases:
            wanted |= of[phase]
        return self.filter(wanted)

    def running(self, on=None):
        """Filter to the rounds that have begun and were not closed by the office."""
        on = on or timezone.localdate()
        return self.filter(opens_on__lte=on, closed_at__isnull=True)


class ReportingRound(Historical):
    """A call for reports on chosen duties between two days, both included.

    `occurs_on` is the recurring deadline that opened it, `None` for a call of the office. It is stored besides
    `closes_on`, since the office may move the closing day.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds", verbose_name="年度任务分解表")
    title = models.CharField("名称", max_length=100)
    text = models.TextField("报送要求", blank=True)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    occurs_on = models.DateField("定期时限", null=True, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发起人"
    )
    at = models.DateTimeField("发起时间", default=timezone.now)
    changed_at = models.DateTimeField("修改时间", null=True, blank=True, editable=False)
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
            models.UniqueConstraint(fields=["plan", "occurs_on"], name="one_recurring_round_a_day"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_recurring(self):
        """Return whether a recurring deadline opened it."""
        return self.occurs_on is not None

    @property
    def phase(self):
        """Return the current phase in words."""
        return self.phase_today.label

    @property
    def phase_today(self):
        """Return the current `RoundPhase`."""
        today = timezone.localdate()
        if self.closed_at:
            return RoundPhase.CLOSED
        if today < self.opens_on:
            return RoundPhase.COMING
        return RoundPhase.RUNNING if today <= self.closes_on else RoundPhase.OVER_TIME


class RoundItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the duties that `user` may read."""
        return self.filter(assignment__in=Assignment.objects.visible_to(user).values("pk"))

    def shown_to(self, user):
        """Filter to the items on a round's page: all, or for people of a unit its own."""
        seen = self.visible_to(user)
        return seen if user.reads_everything else seen.filter(assignment__unit=user.unit_id)

    def counting(self, on=None):
        """Filter to the duties that still count: not released, not suspended, not completed before the round began.

        A closed round keeps the state of the day on which it was closed.
        """
        owed = Assignment.objects.owed(on).filter(pk=OuterRef("assignment"))
        running = Q(Exists(owed), round__closed_at__isnull=True)
        closing_day = TruncDate("round__closed_at")
        bound = Q(assignment__released_on__isnull=True) | Q(assignment__released_on__gt=closing_day)
        closed = Q(bound, round__closed_at__isnull=False, assignment__owed_from__lte=closing_day, was_suspended=False)
        done_before = Q(was=Status.COMPLETED, was_claimed_on__lt=F("round__opens_on"))
        return self._as_it_ended().filter(running | closed).exclude(done_before)

    def _as_it_ended(self):
        """Annotate the state of each duty: today, or at the time when the office closed the round."""
        return self.alias(
            was=_at_the_end("status", "to_status", Value(Status.NOT_STARTED.value)),
            was_claimed_on=_at_the_end("claimed_on", "claimed_on", Value(None, models.DateField())),
            was_suspended=_at_the_end("suspended", "suspended", Value(False)),
        )

    def with_submission(self):
        """Annotate `reported_at` (of the first report during the round), `is_late` and `submission`.

        `is_late` is a boolean, `submission` a `Submission`.
        """
        first = _reports().order_by().values("assignment").annotate(first=Min("submitted_at")).values("first")
        late = Q(reported_at__date__gt=F("round__closes_on"))
        return self.annotate(reported_at=Subquery(first)).annotate(
            is_late=Case(When(late, then=Value(True)), default=Value(False)),
            submission=Case(
                When(reported_at__isnull=True, then=Value(Submission.MISSING.value)),
                When(late, then=Value(Submission.LATE.value)),
                default=Value(Submission.IN_TIME.value),
            ),
        )

    def with_words(self):
        """Annotate `words`: the text of the last report that counts for the round."""
        return self.annotate(words=Subquery(_reports().order_by("-submitted_at", "-pk").values("text")[:1]))

    def wanted(self, on=None):
        """Filter to the items still missing in running rounds; a claim under review takes no other report.

        Needs `with_submission`.
        """
        on = on or timezone.localdate()
        running = self.filter(round__closed_at__isnull=True, round__opens_on__lte=on, reported_at__isnull=True)
        return running.exclude(assignment__status=Status.UNDER_REVIEW)

    def submission_counts(self, *by):
        """Group by the named fields and count: `requested`, `submitted` (late ones included), and each `Submission`.

        Needs `with_submission`. Returns `{values of the fields: figures}`, in one query.
        """
        groups = {}
        for row in self.order_by().values(*by, "submission").annotate(n=Count("pk")):
            key = tuple(row[name] for name in by)
            figures = groups.setdefault(key, dict.fromkeys(["requested", "submitted", *Submission.values], 0))
            figures["requested"] += row["n"]
            figures[row["submission"]] += row["n"]
            figures["submitted"] = figures["requested"] - figures[Submission.MISSING]
        return groups

    def for_lists(self):
        """Select the related objects that lists show."""
        return self.select_related("round", "assignment__task__section__part", "assignment__unit")

    def on_page(self, user, one):
        """Return the base of a round's page and file: items that count, with their submissions, by unit."""
        items = self.shown_to(user).filter(round=one).counting().with_submission().for_lists()
        return items.order_by("assignment__unit__order", "assignment__unit", "assignment__task__number", "pk")


def _reports():
    """Return a subquery of the reports that count for an item: submitted between the first day and the closing."""
    submitted = ProgressReport.objects.submitted().annotate(day=TruncDate("submitted_at"))
    return submitted.filter(
        assignment=OuterRef("assignment"),
        day__gte=OuterRef("round__opens_on"),
        submitted_at__lte=Coalesce(OuterRef("round__closed_at"), FOR_EVER),
    )


def _at_the_end(now, then, never):
    """Return the current value on the duty; for a closed round, that of the last step before the closing."""
    steps = Transition.objects.filter(assignment=OuterRef("assignment"), at__lte=OuterRef("round__closed_at"))
    left = Coalesce(Subquery(steps.order_by("-pk").values(then)[:1]), never)
    return Case(When(round__closed_at__isnull=True, then=F(f"assignment__{now}")), default=left)


class RoundItem(models.Model):
    """One duty on which a round asks for a report."""

    round = models.ForeignKey(
        ReportingRound, models.PROTECT, db_index=False, related_name="items", verbose_name="报送批次"
    )
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="round_items", verbose_name="承办事项")

    objects = RoundItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批次事项"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "assignment"], name="one_item_per_round")]

    def __str__(self):
        return f"{self.round} {self.assignment_id}"


class RoundReopening(AppendOnly):
    """The closing of a round that the office took back (撤回结束): when it was closed, and why it is open again."""

    round = models.ForeignKey(ReportingRound, models.PROTECT, related_name="reopenings", verbose_name="报送批次")
    closed_at = models.DateTimeField("结束时间")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="结束人")
    closes_on_before = models.DateField("原截止日期")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="撤回人")
    at = models.DateTimeField("撤回时间")
    reason = models.TextField("撤回的原因")

    class Meta:
        verbose_name = verbose_name_plural = "批次重新开放"
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.round} {timezone.localdate(self.at)}"
