"""Duties: the assignment of a task to one unit (承办事项)."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from departments.choices import Role
from departments.models import Unit
from tasks.choices import IN_HAND, ONCE_ISSUED, DutyRole, Event, Light, PlanState, ReportState, Status
from tasks.models.plans.amendment import Amendment
from tasks.models.plans.plan import Plan, Task
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.history import Historical, HistoricalQuerySet
from wenshang_disclosure.core.working_days import subtract_working_days

from .lights import LightQuerySet
from .transition import Transition


class AssignmentQuerySet(HistoricalQuerySet, LightQuerySet):
    def visible_to(self, user):
        """Filter to the duties that `user` may read: all, or the own unit's, those of units that were merged into it,
        and those of the responsible units of rows that it coordinates (design: Who may do what).
        """
        bound = self.filter(plan__state__in=ONCE_ISSUED)
        if user.reads_everything:
            return bound
        led = Q(Exists(Assignment.objects.led_by(user, OuterRef("task"))), role=DutyRole.RESPONSIBLE)
        return bound.filter(Q(unit__in=Unit.objects.of(user).values("pk")) | led)

    def read_from_inside(self, user):
        """Filter to the duties of which `user` reads everything: all, or those of the own unit and of units that were
        merged into it. Of the others a lead reads the submitted reports, and no more (design: Who may do what).
        """
        return self if user.reads_everything else self.filter(unit__in=Unit.objects.of(user).values("pk"))

    def led_by(self, user, task):
        """Filter to the duty by which the unit of the liaison `user` coordinates the row `task` today."""
        led = self.coordinating(task).filter(unit=user.unit_id)
        return led if user.role == Role.LIAISON else led.none()

    def held_by(self, user, task):
        """Filter to the duties by which the unit of `user`, or one that was merged into it, holds the row `task` of an
        issued plan on the current day; suspended ones (中止) are held too.
        """
        held = self.bound().filter(task=task, plan__state=PlanState.ISSUED)
        return held.filter(unit__in=Unit.objects.of(user).values("pk"))

    def passed_on_with(self, duty):
        """Filter to the duties of other units on the same row that were reassigned from or to this one, or that go on
        with it after a merger, as known on the current day.
        """
        reassigned = Transition.objects.filter(event=Event.REASSIGNED, on__lte=current_day())
        own = reassigned.filter(assignment=duty).values("at")
        found = Q(pk__in=reassigned.filter(at__in=own).values("assignment")) | Q(unit=duty.unit.last_successor())
        found |= Q(unit__in=duty.unit.merged_into_it().order_by().values("pk"))
        others = self.filter(found, task=duty.task_id).exclude(pk=duty.pk)
        return others.select_related("unit").order_by("owed_from", "pk")

    def chased_by(self, user):
        """Filter to the duties of which `user` may remind as a lead: responsible units' duties on rows that their unit
        coordinates.
        """
        led = Assignment.objects.led_by(user, OuterRef("task"))
        return self.filter(Exists(led), role=DutyRole.RESPONSIBLE).exclude(unit=user.unit_id)

    def lock(self, pk):
        """Lock a duty until the transaction ends, and return it as it now stands, with its row, unit and plan.

        The duty comes first: whoever changes it, its reports or its requests locks it before them.
        """
        return self.select_for_update(of=("self",)).select_related("task", "unit", "plan").get(pk=pk)

    def in_hand(self):
        """Filter to the duties on which the unit has the next step: neither completed (办结) nor claimed."""
        return self.filter(status__in=IN_HAND)

    def unacknowledged(self):
        """Filter to open duties that their unit has not acknowledged (未签收)."""
        return self.exclude(status=Status.COMPLETED).filter(acknowledged_at__isnull=True)

    def unacknowledged_late(self, within):
        """Filter to `unacknowledged` duties whose working days had passed by yesterday evening.

        `within` is the number of working days of each plan, by its id.
        """
        yesterday = timezone.localdate() - timedelta(days=1)
        late = Q(pk__in=[])
        for days in set(within.values()):
            plans = [plan for plan, of_plan in within.items() if of_plan == days]
            late |= Q(plan__in=plans, owed_from__lte=subtract_working_days(yesterday, days))
        return self.unacknowledged().filter(late)

    def coordinated_by(self, user):
        """Filter to the duties by which the unit of `user` coordinates rows of issued plans today."""
        led = self.owed().filter(plan__state=PlanState.ISSUED, unit=user.unit_id, coordinates=True)
        return led if user.role == Role.LIAISON else led.none()

    def coordinating(self, task):
        """Filter to the duties by which units coordinate the row today: they lead it by their own name."""
        return self.of_coordinators().filter(task=task)

    def of_coordinators(self, as_of=None):
        """Filter to the duties by which units coordinated rows on the evening of `as_of` (by default today)."""
        return self.owed(as_of).filter(coordinates=True)

    def shown_to(self, user, plan, as_of=None):
        """Return the base of every list, figure and export of one plan: visible and owed on that day, with lights."""
        return self.shown_in(user, [plan], as_of)

    def shown_in(self, user, plans, as_of=None):
        """Return `shown_to` of several plans."""
        return self.visible_to(user).filter(plan__in=plans).owed(as_of).with_light(as_of)

    def light_counts(self, *by):
        """Group by the named fields and count: `owed`, one figure per light, `on_time`, `late_by` (most days overdue).

        Needs `with_light`. Returns a list of dicts. The database groups by light as well, so that the light of each
        duty is computed once, and the groups are combined here.
        """
        return sums_of_lights(self.by_light(*by), *by)

    def by_light(self, *by):
        """Return the groups of `light_counts` by light and lateness, as dicts with `n` and the `least` days left."""
        return self.order_by().values(*by, "light", "is_late").annotate(n=Count("pk"), least=Min("days_left"))

    def lights_by_task(self):
        """Return the figures of `light_counts` by row of the table: `{task: figures}`."""
        return {row["task"]: row for row in self.light_counts("task")}

    def done_on(self, day):
        """Filter to the duties that were completed (办结) on the evening of `day`."""
        steps = Transition.objects.filter(assignment=OuterRef("pk"), on__lte=day).order_by("-pk")
        return self.alias(left_then=Subquery(steps.values("to_status")[:1])).filter(left_then=Status.COMPLETED)

    def with_returned(self, user):
        """Annotate `is_returned`: a report was returned and is not answered, by the office or a lead, or by the unit's
        own leader (审签退回), which its own people alone know (design: Who may do what).
        """
        own = Assignment.objects.filter(unit__in=Unit.objects.of(user).values("pk"))
        sent_back = own.sent_back().filter(pk=OuterRef("pk"))
        is_returned = Q(awaits_answer=True) | Q(Exists(sent_back))
        return self.annotate(is_returned=ExpressionWrapper(is_returned, BooleanField()))

    def with_handler_for(self, user):
        """Annotate `handler_seen`: who handles the duty in its unit, "" where `user` does not read it from inside."""
        if user.reads_everything:
            return self.annotate(handler_seen=F("handler"))
        inside = When(unit__in=Unit.objects.of(user).values("pk"), then=F("handler"))
        return self.annotate(handler_seen=Case(inside, default=Value(""), output_field=models.CharField()))

    def sent_back(self):
        """Filter to the duties whose draft the unit's leader has returned; nobody outside the unit is told of it."""
        return self.filter(reports__state=ReportState.DRAFT, reports__leader_comment__gt="")

    def for_lists(self):
        """Select the related objects that lists show."""
        return self.select_related("task__section__part", "unit")

    def with_supplements(self):
        """Prefetch what supplements (补充通知) had done to the row of each duty by the current day."""
        amendments = Amendment.objects.by_supplements()
        return self.prefetch_related(Prefetch("task__amendments", queryset=amendments, to_attr="by_supplements"))

    def suspended_now(self):
        """Filter to the duties suspended today (中止), latest first; annotate since when and why."""
        last = Transition.objects.filter(assignment=OuterRef("pk"), event=Event.SUSPENDED).order_by("-pk")
        suspended = self.bound().filter(suspended=True)
        return suspended.annotate(
            suspended_on=Subquery(last.values("on")[:1]), suspended_why=Subquery(last.values("reason")[:1])
        ).order_by("-suspended_on", "task__number", "unit__order", "pk")

    def most_urgent_first(self, returned="awaits_answer"):
        """Order as a liaison needs it: returned, overdue, due soon, then by deadline. Needs `with_light`.

        `returned` names what says that a report was returned: `is_returned` where there is `with_returned`.
        """
        return self.order_by(f"-{returned}", "light_rank", F("due_on").asc(nulls_last=True), "pk")


def sums_of_lights(counted, *by):
    """Return the sums of `light_counts` from what `by_light` gives."""
    groups, nothing = {}, dict.fromkeys(["owed", "on_time", "late_by", *Light.values], 0)
    for row in counted:
        key = tuple(row[name] for name in by)
        figures = groups.get(key) or groups.setdefault(key, nothing.copy())
        figures["owed"] += row["n"]
        figures[row["light"]] += row["n"]
        if row["light"] == Light.DONE and not row["is_late"]:
            figures["on_time"] += row["n"]
        if row["light"] == Light.OVERDUE:
            figures["late_by"] = max(figures["late_by"], -row["least"])
    return [{**dict(zip(by, key, strict=True)), **figures} for key, figures in groups.items()]


class Assignment(Historical):
    """The duty of one unit on one task, on which the unit reports.

    `status`, `claimed_on`, `awaits_answer` and `suspended` hold the result of the last `Transition`; only
    `tasks.services.progress.transitions` writes them. On past evenings they are read from the steps, and who holds the
    duty from what was kept of it (`tasks.models.progress.past`).
    """

    KEPT_FIELDS = ("unit", "role", "coordinates", "owed_from", "released_on", "first_due_on")

    plan = models.ForeignKey(
        Plan, models.PROTECT, db_index=False, related_name="assignments", verbose_name="年度任务分解表"
    )
    task = models.ForeignKey(Task, models.PROTECT, db_index=False, related_name="assignments", verbose_name="任务")
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="assignments", verbose_name="承办单位")
    role = models.CharField("职责", max_length=12, choices=DutyRole)
    coordinates = models.BooleanField("以本单位名义牵头", default=False)
    owed_from = models.DateField("起始日期")
    released_on = models.DateField("解除日期", null=True, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True)
    first_due_on = models.DateField("原定时限", null=True, blank=True)
    status = models.CharField("办理状态", max_length=12, choices=Status, default=Status.NOT_STARTED)
    claimed_on = models.DateField("申报办结日期", null=True, blank=True)
    awaits_answer = models.BooleanField("退回待补正", default=False)
    suspended = models.BooleanField("中止", default=False)
    acknowledged_at = models.DateTimeField("签收时间", null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签收人"
    )
    handler = models.CharField("经办人", max_length=40, blank=True)
    leader = models.CharField("分管领导", max_length=40, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "承办事项"
        ordering = ["plan", "task__number", "unit__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "unit"], name="one_duty_per_task_and_unit"),
            models.CheckConstraint(
                name="claim_has_a_day",
                condition=Q(status__in=[Status.NOT_STARTED, Status.IN_PROGRESS]) | Q(claimed_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "due_on", "id"], name="duty_by_deadline"),
            models.Index(fields=["unit", "plan", "due_on"], name="duty_by_unit"),
            models.Index(fields=["plan", "status"], name="duty_by_status"),
            models.Index(fields=["plan"], condition=~Q(status=Status.COMPLETED), name="duty_open"),
            models.Index(fields=["id"], condition=Q(suspended=True), name="duty_suspended"),
            models.Index(fields=["unit", "task"], condition=Q(coordinates=True), name="duty_coordinated"),
        ]

    def __str__(self):
        return f"{self.unit} 第{self.task.number}项"

    @property
    def is_released(self):
        """Return whether the unit no longer owes the duty."""
        return self.released_on is not None and self.released_on <= current_day()

    @property
    def days_overdue(self):
        """Return the whole days since the deadline; needs `with_light`."""
        return -self.days_left
