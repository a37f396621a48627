"""The plan with its parts, sections, rows and cells (design: Words, The table)."""

from calendar import monthrange
from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery

from departments.models import Collective, Unit
from tasks.choices import ONCE_ISSUED, DutyRole, PartKind, PlanState, Recurrence
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.folding import Folded, FoldedQuerySet
from wenshang_disclosure.core.history import Historical, HistoricalQuerySet
from wenshang_disclosure.core.prepared import rows_for

MONTHS = {Recurrence.MONTHLY: 1, Recurrence.QUARTERLY: 3, Recurrence.HALF_YEARLY: 6}
SUNDAY = 6


class PlanQuerySet(HistoricalQuerySet):
    def visible_to(self, user):
        """Filter to plans that are or were issued; the office also sees drafts."""
        return self if user.role == "office" else self.filter(state__in=ONCE_ISSUED)

    def of_their_own(self):
        """Filter to the plans that are a year's table: none is the draft of what a supplement (补充通知) adds."""
        return self.filter(supplement__isnull=True)

    def issued(self):
        """Filter to issued plans, the latest year first."""
        return self.filter(state=PlanState.ISSUED).order_by("-year", "-pk")

    def open_in(self, year):
        """Return the public plan of `year`, the latest issued of several; `None` where there is none."""
        plans = self.filter(state=PlanState.ISSUED, is_public=True, year=year)
        return plans.order_by("-issued_on", "-pk").first()

    def chosen(self, pk=None):
        """Return the plan with the id `pk` that is or was issued, by default the latest issued by the current day."""
        if pk:
            return next(iter(rows_for(None, "plan", _once_issued, ids=[pk])), None)
        plans = self.issued()
        return plans.filter(issued_on__lte=current_day()).first() or plans.first()


def _once_issued(nobody, ids):
    return Plan.objects.filter(state__in=ONCE_ISSUED, pk=ids[0])


class Plan(Historical):
    """One year's table of tasks (年度任务分解表)."""

    KEPT_WHERE = {"state": PlanState.ISSUED}  # noqa: RUF012

    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    title = models.CharField("标题", max_length=200)
    document_number = models.CharField("发文字号", max_length=60, blank=True)
    issuer = models.CharField("发文机关", max_length=100, blank=True)
    issued_on = models.DateField("印发日期", null=True, blank=True)
    used_from = models.DateField(
        "启用日期", null=True, blank=True, editable=False, help_text="印发在先、后来才启用本系统的，从这一天起计。"
    )
    state = models.CharField("状态", max_length=10, choices=PlanState, default=PlanState.DRAFT, editable=False)
    warning_days = models.PositiveSmallIntegerField(
        "临期提醒天数", default=15, validators=[MaxValueValidator(366)], help_text="距完成时限不超过这些天时亮黄灯。"
    )
    is_public = models.BooleanField("对外公开", default=False, editable=False)
    copied_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
        verbose_name="复制自",
    )
    has_demo_activity = models.BooleanField("含演示数据", default=False, editable=False)
    withdrawn_at = models.DateTimeField("撤回印发时间", null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="撤回人",
    )
    withdrawn_why = models.TextField("撤回印发的原因", blank=True, editable=False)
    replaces = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="replacements",
        verbose_name="代替的分解表",
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度任务分解表"
        ordering = ["-year", "-pk"]
        indexes = [models.Index(fields=["state", "-year"], name="plan_by_state")]
        constraints = [
            models.CheckConstraint(
                name="issued_plan_has_a_date", condition=Q(state=PlanState.DRAFT) | Q(issued_on__isnull=False)
            ),
            models.CheckConstraint(
                name="plan_withdrawn_by_somebody",
                condition=~Q(state=PlanState.WITHDRAWN)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why=""),
            ),
            models.CheckConstraint(
                name="plan_used_once_issued", condition=Q(used_from__isnull=True) | Q(used_from__gte=F("issued_on"))
            ),
        ]

    def __str__(self):
        return self.title

    def supplement_drafts(self):
        """Return the draft of a supplement whose added rows are drawn up in this plan, as a queryset of at most one."""
        return self._meta.get_field("supplement").related_model.objects.filter(table=self)

    @property
    def counts_from(self):
        """Return the day from which duties are owed: that of the issue, or the later one of first use (启用日期)."""
        return self.used_from or self.issued_on


class BasisDocument(models.Model):
    """A document that the plan is based on (依据文件)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="basis", verbose_name="年度任务分解表")
    order = models.PositiveSmallIntegerField("排序")
    title = models.CharField("文件名称", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "依据文件"
        ordering = ["order", "pk"]

    def __str__(self):
        return f"《{self.title}》（{self.number}）" if self.number else f"《{self.title}》"


class HeadingQuerySet(models.QuerySet):
    def with_rows(self):
        """Filter to the headings under which the table has a row on the current day."""
        heading = "section" if self.model is Section else "section__part"
        return self.filter(Exists(Task.objects.standing().filter(**{heading: OuterRef("pk")})))


class Part(models.Model):
    """A first-level heading (部分): of the table, or of the notice's own requirements."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="parts", verbose_name="年度任务分解表")
    order = models.PositiveSmallIntegerField("排序")
    heading = models.CharField("标题", max_length=200, blank=True, help_text="表中没有分部分的，留空。")
    kind = models.CharField("类别", max_length=10, choices=PartKind, default=PartKind.TABLE)

    objects = HeadingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部分"
        ordering = ["plan", "order"]
        constraints = [models.UniqueConstraint(fields=["plan", "order"], name="part_order_once")]

    def __str__(self):
        return self.heading or "（未分部分）"


class Section(models.Model):
    """A second-level heading (工作任务), numbered through the whole table."""

    part = models.ForeignKey(Part, models.CASCADE, related_name="sections", verbose_name="部分")
    order = models.PositiveSmallIntegerField("排序")
    heading = models.CharField("标题", max_length=500, blank=True, help_text="表中没有分类的，留空。")

    objects = HeadingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作任务（类别）"
        ordering = ["part__plan", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["part", "order"], name="section_order_once")]

    def __str__(self):
        return self.heading or "（未分类）"


class TaskQuerySet(HistoricalQuerySet, FoldedQuerySet):
    """Rows of plans; every signed-in user may read those of issued plans (design: Who may do what)."""

    def visible_to(self, user):
        """Filter to the rows of plans that are or were issued; the office also sees those of drafts."""
        return self if user.role == "office" else self.filter(plan__state__in=ONCE_ISSUED)

    def standing(self):
        """Filter to the rows that are in the table on the current day: no supplement (补充通知) has taken them out."""
        return self.filter(removed_by__isnull=True)

    def as_printed(self):
        """Order as in the table: a row that a supplement has added stands last in its section, with a later number."""
        return self.order_by("section__part__order", "section__order", "number")

    def with_designations(self):
        """Select and prefetch headings and cells; annotate the row right above (`task_above`)."""
        above = Task.objects.standing().filter(section=OuterRef("section"), number__lt=OuterRef("number"))
        above = above.order_by("-number")
        rows = self.annotate(task_above=Subquery(above.values("pk")[:1]))
        cells = Prefetch("designations", Designation.objects.select_related("unit", "collective"))
        return rows.select_related("section__part", "plan").prefetch_related(cells, "designations__picked_units")

    def with_supplements(self):
        """Prefetch what supplements (补充通知) had done to each row by the current day, for `supplement_notes`."""
        amendments = self.model._meta.get_field("amendments").related_model.objects.by_supplements()
        return self.prefetch_related(Prefetch("amendments", queryset=amendments, to_attr="by_supplements"))


class Task(Historical, Folded):
    """One row of the table (任务): a requirement with its deadline."""

    KEPT_WHERE = {"plan__state": PlanState.ISSUED}  # noqa: RUF012

    SEARCHED = ("requirement",)

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="tasks", verbose_name="年度任务分解表")
    section = models.ForeignKey(Section, models.CASCADE, related_name="tasks", verbose_name="工作任务（类别）")
    number = models.PositiveIntegerField("序号")
    requirement = models.TextField("具体要求")
    deadline_as_written = models.CharField("完成时限（原文）", max_length=200, blank=True)
    due_on = models.DateField("完成时限", null=True, blank=True, help_text="含当日。")
    recurrence = models.CharField(
        "周期", max_length=12, choices=Recurrence, blank=True, help_text="没有固定日期的：长期坚持的不计逾期。"
    )
    recurrence_day = models.PositiveSmallIntegerField(
        "周期内第几日",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text="如“每月5日前”填5，“每季度末”留空。",
    )
    target_count = models.PositiveSmallIntegerField(
        "目标数量", null=True, blank=True, validators=[MinValueValidator(1)], help_text="如“至少开展2次”填2。"
    )
    added_by = models.ForeignKey(
        "tasks.Supplement",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="added",
        verbose_name="新增所据补充通知",
    )
    removed_by = models.ForeignKey(
        "tasks.Supplement",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="removed",
        verbose_name="取消所据补充通知",
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务"
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="task_number_once"),
            models.CheckConstraint(
                name="task_has_a_day_or_a_recurrence",
                condition=Q(due_on__isnull=True) | Q(recurrence=""),
                violation_error_message="完成时限和周期只填一个。",
            ),
        ]

    def __str__(self):
        return f"第{self.number}项 {self.requirement[:30]}"

    @property
    def closing_day(self):
        """Return the deadline, or the last day of a recurring deadline in the plan's year.

        `None` where the row is ongoing (长期坚持), or its deadline is not known.
        """
        if self.due_on or self.recurrence in ("", Recurrence.ONGOING):
            return self.due_on
        return occurrences(self.recurrence, self.recurrence_day, self.plan.year)[-1]

    @property
    def deadline_in_words(self):
        """Return the deadline as written in the document, else its day or its recurrence."""
        if self.deadline_as_written:
            return self.deadline_as_written
        if self.due_on:
            return f"{self.due_on:%Y-%m-%d}前"
        if self.recurrence_day:
            return f"{self.get_recurrence_display()}{self.recurrence_day}日前"
        return self.get_recurrence_display() or "未定"

    @property
    def is_unresolved(self):
        """Return whether an entry of a cell names nobody yet (待明确). Reads `designations`, prefetched on lists."""
        return any(designation.is_unresolved for designation in self.designations.all())

    def designated(self, role):
        """Return the entries of one cell, in order."""
        return [designation for designation in self.designations.all() if designation.role == role]

    @property
    def supplement_notes(self):
        """Return by which supplements the row was added or changed, as it stands in the table, for rows
        `with_supplements`: 据〔2024〕12号（2024-09-20）补充.
        """
        return list(dict.fromkeys(amendment.note for amendment in getattr(self, "by_supplements", ())))


def occurrences(recurrence, day, year):
    """Return the days of `year` on which a recurring deadline falls, in order.

    `day` is the day of the period's last month, `None` its end; a day that a month does not have is its last.
    """
    if recurrence == Recurrence.WEEKLY:
        first = date(year, 1, 1)
        sunday = first + timedelta(days=SUNDAY - first.weekday())
        return [sunday + timedelta(weeks=week) for week in range(53) if (sunday + timedelta(weeks=week)).year == year]
    step = MONTHS[Recurrence(recurrence)]
    return [_day_of(year, month, day) for month in range(step, 13, step)]


def _day_of(year, month, day):
    last = monthrange(year, month)[1]
    return date(year, month, min(day or last, last))


class DesignationQuerySet(HistoricalQuerySet):
    def to_pick_for(self, plan):
        """Filter to the entries of rows of `plan` whose units the office picks, picked already or not."""
        return self.filter(task__plan=plan, task__removed_by__isnull=True, collective__kinds=[])

    def unresolved(self):
        """Filter to entries that name nobody yet (待明确)."""
        return self.filter(collective__kinds=[], picked_units__isnull=True, task__removed_by__isnull=True)


class Designation(Historical):
    """One entry of a row's cell as written, with the unit or collective that it was resolved to."""

    KEPT_WHERE = {"task__plan__state": PlanState.ISSUED}  # noqa: RUF012

    task = models.ForeignKey(Task, models.CASCADE, related_name="designations", verbose_name="任务")
    role = models.CharField("所在栏", max_length=12, choices=DutyRole)
    order = models.PositiveSmallIntegerField("排序")
    text = models.CharField("原文", max_length=100)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="对应单位")
    collective = models.ForeignKey(
        Collective, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="对应统称"
    )
    from_cell_above = models.BooleanField("取自上方合并单元格", default=False)
    picked_units = models.ManyToManyField(
        Unit,
        blank=True,
        related_name="+",
        verbose_name="明确的单位",
        help_text="统称没有固定所指时，由办公室逐项明确。",
    )

    objects = DesignationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "牵头部门与责任单位"
        ordering = ["role", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "role", "order"], name="designation_place_once"),
            models.CheckConstraint(
                name="designation_is_unit_or_collective",
                condition=Q(unit__isnull=False, collective__isnull=True)
                | Q(unit__isnull=True, collective__isnull=False),
                violation_error_message="对应单位和对应统称填且只填一个。",
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def is_unresolved(self):
        """Return whether the entry names nobody yet (待明确)."""
        return self.collective is not None and self.collective.names_nobody and not self.picked_units.all()
