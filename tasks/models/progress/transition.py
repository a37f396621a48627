"""Append-only history of duties (流转记录)."""

from django.conf import settings
from django.db import models

from tasks.choices import Event, Status
from wenshang_disclosure.core.db import AppendOnly


class Transition(AppendOnly):
    """One step of a duty: from which status to which, when, by whom, why, and on which report.

    It also holds the resulting state (`to_status`, `claimed_on`, `awaits_answer`, `due_on`, `suspended`), so that the
    state of any past evening is that of the last step up to then. Steps that do not change the status, such as a plain
    report, are recorded as well. `by_unit` is the unit that the person acted for, empty for the office: the person may
    belong to another one by now.
    """

    assignment = models.ForeignKey(
        "tasks.Assignment", models.PROTECT, db_index=False, related_name="transitions", verbose_name="承办事项"
    )
    event = models.CharField("事项", max_length=12, choices=Event)
    from_status = models.CharField("原状态", max_length=12, choices=Status)
    to_status = models.CharField("新状态", max_length=12, choices=Status)
    at = models.DateTimeField("时间")
    on = models.DateField("日期", help_text="上海时区的日期。")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经手人")
    by_unit = models.ForeignKey(
        "departments.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经手单位"
    )
    report = models.ForeignKey(
        "tasks.ProgressReport",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="transitions",
        verbose_name="进展报告",
    )
    reason = models.TextField("说明", blank=True)
    claimed_on = models.DateField("申报办结日期", null=True, blank=True)
    awaits_answer = models.BooleanField("退回待补正", default=False)
    due_on = models.DateField("完成时限", null=True, blank=True)
    suspended = models.BooleanField("中止", default=False)
    from_unit = models.ForeignKey(
        "departments.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="原承办单位",
        help_text="移交时填写。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "流转记录"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["assignment", "on", "id"], name="step_by_day"),
            models.Index(fields=["assignment", "-id"], name="step_last"),
            models.Index(fields=["-at"], name="step_by_time"),
        ]

    def __str__(self):
        return f"{self.get_event_display()} {self.on}"
