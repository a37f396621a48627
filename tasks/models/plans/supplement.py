"""Supplements to issued plans (补充通知, design: The table)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from departments.choices import Role
from tasks.choices import ONCE_ISSUED, PlanState
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.files.models import StoredFile

from .plan import Plan, Task


class SupplementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to those that were issued; the office and the auditor also see drafts, as they do of plans."""
        return self if user.role in (Role.OFFICE, Role.AUDITOR) else self.filter(state__in=ONCE_ISSUED)

    def standing(self):
        """Filter to those in force on the current day, the earliest first."""
        day = current_day()
        withdrawn = Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day)
        return self.filter(withdrawn, effective_on__lte=day).order_by("pk")

    def for_lists(self):
        """Select the related objects that lists show, the latest first."""
        return self.select_related("plan", "begun_by", "issued_by", "file").order_by("-pk")


class Supplement(models.Model):
    """A notice that adds rows to an issued plan, takes rows out, and changes rows, from the day of its issue on.

    While it is a draft, what it adds is drawn up in a draft plan of its own (`table`), with the same pages as any other
    table; on issue the rows go over into the plan, and the draft ends. `released` are the ids of the duties that were
    released with the rows taken out: undoing gives them back. `version` counts the changes of a draft.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="supplements", verbose_name="年度任务分解表")
    table = models.OneToOneField(
        Plan, models.SET_NULL, null=True, blank=True, related_name="supplement", verbose_name="新增任务的拟制稿"
    )
    title = models.CharField("通知标题", max_length=200, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    dated_on = models.DateField("通知日期", null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="通知文件"
    )
    file_name = models.CharField("文件名", max_length=200, blank=True)
    state = models.CharField("状态", max_length=10, choices=PlanState, default=PlanState.DRAFT)
    version = models.PositiveIntegerField("版本", default=0)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="拟制人")
    begun_at = models.DateTimeField("拟制时间")
    effective_on = models.DateField("生效日期", null=True, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="印发人"
    )
    released = models.JSONField("解除的承办事项", default=list)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_why = models.TextField("撤回的原因", blank=True)
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replacements", verbose_name="代替的补充通知"
    )

    objects = SupplementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补充通知"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="issued_supplement_is_dated",
                condition=Q(state=PlanState.DRAFT)
                | Q(dated_on__isnull=False, effective_on__isnull=False, issued_by__isnull=False)
                & ~Q(document_number=""),
            ),
            models.CheckConstraint(
                name="supplement_withdrawn_by_somebody",
                condition=~Q(state=PlanState.WITHDRAWN)
                | Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why=""),
            ),
        ]

    def __str__(self):
        return self.document_number or "（未编文号）"

    @property
    def is_draft(self):
        """Return whether it is not issued yet."""
        return self.state == PlanState.DRAFT

    @property
    def reference(self):
        """Return number and date as they stand with each row: 某政办字〔2024〕12号（2024-09-20）."""
        return f"{self}（{self.dated_on:%Y-%m-%d}）" if self.dated_on else f"{self}"


class SupplementChange(models.Model):
    """What a supplement does to one row that is there: takes it out (`removes`), or gives it what is `written`.

    `written` and `before` have the fields of the row and both cells, as `amendments` takes them; `before` is what the
    row had when the supplement was issued. `seen` is the mark of the row when the change was drawn up.
    """

    supplement = models.ForeignKey(Supplement, models.CASCADE, related_name="changes", verbose_name="补充通知")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+", verbose_name="任务")
    removes = models.BooleanField("取消任务", default=False)
    written = models.JSONField("改为", default=dict)
    before = models.JSONField("原为", default=dict)
    reason = models.TextField("原因", blank=True)
    seen = models.CharField("所见内容", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "补充通知中的调整"
        ordering = ["task__number", "pk"]
        constraints = [models.UniqueConstraint(fields=["supplement", "task"], name="one_change_per_row")]

    def __str__(self):
        return f"{self.supplement} 第{self.task.number}项"
