"""Reminders sent by hand (催办), and what the units answered."""

from collections import Counter

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from departments.choices import BELONGS_TO_A_UNIT
from tasks.choices import IN_HAND, UNANSWERED, Grade, PlanState, ReminderState
from tasks.models.plans.plan import Plan
from tasks.models.progress.assignment import Assignment
from tasks.models.progress.report import ProgressReport
from wenshang_disclosure.core.db import AppendOnly
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.region import office_name

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

    def listed(self, user, plans):
        """Return the reminders of plans that `user` may see, the latest first, with figures of what they see of each.

        Annotates `duties`, `units`, `seen`, `answered`, `open` (not answered) and `overdue`, and `first_words`, what
        the first unit reads.
        """
        items = ReminderItem.objects.visible_to(user).filter(reminder=OuterRef("pk"))
        stated = items.with_state()
        return (
            self.visible_to(user)
            .filter(plan__in=plans)
            .select_related("by", "from_unit", "plan")
            .annotate(
                duties=_number_of(items),
                units=_number_of(items, Count("assignment__unit", distinct=True)),
                seen=_number_of(items.filter(seen_at__isnull=False)),
                answered=_number_of(stated.filter(state=ReminderState.ANSWERED)),
                open=_number_of(stated.filter(state__in=UNANSWERED)),
                overdue=_number_of(stated.filter(state=ReminderState.OVERDUE)),
                first_words=Subquery(items.order_by("pk").values("text")[:1]),
            )
            .order_by("-at", "-pk")
        )

    def with_left(self, duties):
        """Annotate `left`: how many of `duties` are in it, unanswered, and were not repeated since."""
        items = ReminderItem.objects.filter(reminder=OuterRef("pk"), assignment__in=duties.order_by().values("pk"))
        return self.annotate(left=_number_of(items.latest().unanswered()))


def _number_of(items, number=None):
    """Return the number of items, which are filtered by reminder, as a subquery."""
    counted = items.order_by().values("reminder").annotate(number=number or Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


class Reminder(models.Model):
    """A reminder of named duties by the office or a lead, with a text and a grade; never changed, except withdrawn.

    `number` counts the office's reminders of one year, for their notice (通知单); those of others have none.
    `from_unit` is the lead that sent it, empty for the office. The units answer by the evening of `answer_by`, which
    reminders of earlier versions lack. `repeats` is the reminder that it follows because it was not answered.
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
    answer_by = models.DateField("答复期限", null=True, blank=True)
    repeats = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="repeated_by", verbose_name="再次催办自"
    )
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    withdrawn_why = models.TextField("撤销的原因", blank=True)
    key = models.UUIDField("表单标识", unique=True, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "催办"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="reminder_number_once_a_year"),
            models.CheckConstraint(
                name="reminder_withdrawn_by_somebody",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_by__isnull=False) & ~Q(withdrawn_why=""),
            ),
        ]
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
        return self.from_unit.name if self.from_unit else office_name()


class ReminderItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the items of reminders that the own unit sent, and to the own unit's items; or all."""
        if user.reads_everything:
            return self
        return self.filter(Q(reminder__from_unit=user.unit_id) | Q(assignment__unit=user.unit_id))

    def with_state(self):
        """Annotate how each item stands on the evening that is read:

        - `report`, `reported_at`: the first report that the unit submitted after the reminder, and when;
        - `explained_at`: when the unit first answered in words;
        - `answered_at`: the earlier of both, `None` where there is neither; `is_late`: whether that was after the day;
        - `state`: a `ReminderState`.
        """
        reports = _reports_since().order_by("submitted_at", "pk")
        answers = ReminderAnswer.objects.filter(item=OuterRef("pk")).order_by("at", "pk")
        return (
            self.annotate(
                report=Subquery(reports.values("pk")[:1]),
                reported_at=Subquery(reports.values("submitted_at")[:1]),
                explained_at=Subquery(answers.values("at")[:1]),
            )
            .annotate(answered_at=_earlier("reported_at", "explained_at"))
            .annotate(state=_state(), is_late=_true_if(answered_at__date__gt=F("reminder__answer_by")))
        )

    def state_counts(self):
        """Return the number of items in each `ReminderState`."""
        return Counter(dict(self.with_state().order_by().values_list("state").annotate(number=Count("pk"))))

    def listed(self):
        """Return the base of lists of items: with states, those over their day first, then those that wait."""
        urgency = [When(state=state.value, then=place) for place, state in enumerate(ReminderState)]
        stated = self.with_state().for_lists().annotate(state_rank=Case(*urgency, output_field=models.IntegerField()))
        return stated.order_by("state_rank", "-reminder__at", "-reminder", "assignment__unit__order", "pk")

    def unanswered(self):
        """Filter to items that the unit has yet to answer: no report since, no words, still to be done."""
        return self.with_state().filter(state__in=UNANSWERED)

    def latest(self):
        """Filter to items whose duty the same sender has not reminded of again."""
        later = ReminderItem.objects.filter(assignment=OuterRef("assignment"), pk__gt=OuterRef("pk"))
        again = later.alias(sender=Coalesce("reminder__from_unit", 0)).filter(
            sender=Coalesce(OuterRef("reminder__from_unit"), 0), reminder__withdrawn_at=None
        )
        return self.exclude(Exists(again))

    def awaiting_answer(self, today):
        """Filter to what the office has to follow up: its own reminders whose day is over without an answer.

        What it has repeated meanwhile is left out: the newer reminder counts.
        """
        due = self.filter(reminder__from_unit=None, reminder__answer_by__lt=today).latest()
        return due.unanswered()

    def to_answer(self, user):
        """Filter to what the unit of `user` has yet to answer (催办待回复), of each sender the latest on a duty."""
        if user.role not in BELONGS_TO_A_UNIT:
            return self.none()
        received = self.filter(assignment__unit=user.unit_id).exclude(assignment__plan__state=PlanState.WITHDRAWN)
        return received.latest().unanswered()

    def first_to_answer(self, user):
        """Return `{duty id: item}` of `to_answer`, of each duty the one with the nearest day."""
        items = self.to_answer(user).select_related("reminder__from_unit")
        return {
            item.assignment_id: item for item in items.order_by(F("reminder__answer_by").desc(nulls_first=True), "pk")
        }

    def for_lists(self):
        """Select the related objects that lists show."""
        sent = ("reminder__by", "reminder__from_unit", "reminder__plan", "seen_by")
        return self.select_related(*sent, "assignment__unit", "assignment__task__section__part")

    def unseen_by(self, user):
        """Filter to the items that nobody in the unit of `user` has seen yet, without those of withdrawn plans."""
        if user.role not in BELONGS_TO_A_UNIT:
            return self.none()
        unseen = self.filter(assignment__unit=user.unit_id, seen_at__isnull=True, reminder__withdrawn_at=None)
        return unseen.exclude(assignment__plan__state=PlanState.WITHDRAWN)


def _reports_since():
    """Return a subquery of the unit's reports submitted on the duty since the reminder."""
    reports = ProgressReport.objects.submitted()
    return reports.filter(assignment=OuterRef("assignment"), submitted_at__gt=OuterRef("reminder__at"))


def _earlier(one, other):
    return Case(
        When(Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__lt": F(one)}), then=F(other)),
        default=F(one),
        output_field=models.DateTimeField(),
    )


def _true_if(**condition):
    return Case(When(**condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _state():
    owed = Assignment.objects.owed().filter(pk=OuterRef("assignment"), status__in=IN_HAND)
    states = (
        (Q(reminder__withdrawn_at__isnull=False), ReminderState.WITHDRAWN),
        (Q(answered_at__isnull=False), ReminderState.ANSWERED),
        (~Exists(owed), ReminderState.LAPSED),
        (Q(reminder__answer_by__lt=current_day()), ReminderState.OVERDUE),
    )
    whens = [When(condition, then=Value(state.value)) for condition, state in states]
    return Case(*whens, default=Value(ReminderState.WAITING.value), output_field=models.CharField())


class ReminderItem(models.Model):
    """One duty of a reminder, with when and by whom it was seen.

    `text` is what its unit reads: the reminder's text with the words of the unit's rows filled in, empty where there is
    nothing to fill in.
    """

    reminder = models.ForeignKey(Reminder, models.PROTECT, db_index=False, related_name="items", verbose_name="催办")
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, db_index=False, related_name="reminded", verbose_name="承办事项"
    )
    text = models.TextField("单位看到的内容", blank=True)
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

    @property
    def words(self):
        """Return what the unit reads."""
        return self.text or self.reminder.text


class ReminderAnswer(AppendOnly):
    """What a unit answered to a reminder in words (书面答复), of one of its duties; it may add to it."""

    item = models.ForeignKey(ReminderItem, models.PROTECT, related_name="answers", verbose_name="催办事项")
    text = models.TextField("答复")
    unit = models.ForeignKey("departments.Unit", models.PROTECT, related_name="+", verbose_name="答复单位")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="答复人")
    at = models.DateTimeField("时间")
    key = models.UUIDField("表单标识", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "催办答复"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "key"], name="reminder_answered_once_a_form")]

    def __str__(self):
        return self.text[:40]


def with_last_reminder(duties, user, as_of):
    """Annotate `reminded_on` and `reminded_grade`: of the last reminder of each duty by the evening of `as_of` that
    `user` may read, or `None`.
    """
    items = ReminderItem.objects.visible_to(user).filter(assignment=OuterRef("pk"), reminder__on__lte=as_of)
    items = items.filter(reminder__withdrawn_at=None)
    last = items.order_by("-reminder__at", "-reminder")
    return duties.annotate(
        reminded_on=Subquery(last.values("reminder__on")[:1]),
        reminded_grade=Subquery(last.values("reminder__grade")[:1]),
    )
