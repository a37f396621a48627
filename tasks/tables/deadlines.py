"""Tables of requests for a later deadline, and of suspended duties."""

import django_tables2 as tables
from django_tables2.utils import A

from tasks.models import Extension
from wenshang_disclosure.core.web.tables import DayColumn, PartColumn

from .base import A_DAY, CLIPPED, SAID, DutyColumns, said
from .progress import AssignmentTable


class ExtensionTable(DutyColumns):
    """Requests for a later deadline; needs `for_lists`. `tick` is for users who decide."""

    usual = ("requested_at", "unit", "number", "reason", "old_due_on", "requested_due_on", "state")
    first = ("tick", "year")
    needed = ("reason",)
    steps = ("tick",)
    widths = {**DutyColumns.widths, "reason": 50, "requested_at": 17, "comment": 40}

    tick = PartColumn(template_name="tasks/deadlines/extensions/_tick.html", verbose_name="选择", orderable=False)
    requested_at = DayColumn("%Y-%m-%d %H:%M", verbose_name="申请时间", attrs=A_DAY)
    year = tables.Column("年度", accessor="assignment__plan__year")
    unit = tables.Column("申请单位", accessor="assignment__unit", order_by="assignment__unit__order")
    number = tables.Column("序号", accessor="assignment__task__number", attrs={"td": {"class": "no"}})
    reason = PartColumn(
        template_name="tasks/deadlines/extensions/_reason.html",
        verbose_name="延期理由",
        order_by="reason",
        attrs=CLIPPED,
    )
    old_due_on = DayColumn(verbose_name="原时限", attrs=A_DAY)
    requested_due_on = DayColumn(verbose_name="申请延至", attrs=A_DAY)
    granted_due_on = DayColumn(verbose_name="同意延至", attrs=A_DAY)
    state = PartColumn(template_name="tasks/deadlines/extensions/_state.html", verbose_name="状态", order_by="state")
    requested_by = tables.Column("申请人", order_by=("requested_by__name", "pk"))
    decided_by = tables.Column("决定人", order_by=("decided_by__name", "pk"))
    decided_at = DayColumn("%Y-%m-%d %H:%M", verbose_name="决定时间", attrs=A_DAY)
    comment = tables.Column("决定意见", orderable=False, attrs=SAID)

    def render_comment(self, record):
        return said(record.comment)

    def value_comment(self, record):
        return record.comment

    def value_reason(self, record):
        return record.reason

    def value_state(self, record):
        return record.get_state_display()

    class Meta:
        model = Extension
        fields = ()
        empty_text = "没有符合条件的延期申请。"


class SuspendedTable(AssignmentTable):
    """Suspended duties; needs `suspended_now` and `for_lists`."""

    usual = ("number", "requirement", "unit", "role", "due_on", "suspended_on", "suspended_why", "resume")
    steps = ("pick", "resume")

    suspended_on = DayColumn(verbose_name="中止日期", attrs={"td": {"class": "day"}})
    suspended_why = tables.Column("中止原因", attrs={"td": {"class": "wide"}})
    resume = tables.LinkColumn(
        "tasks:resume",
        args=[A("pk")],
        text="恢复办理",
        verbose_name="办理",
        orderable=False,
        attrs={"a": {"class": "btn btn-sm"}},
    )

    class Meta(AssignmentTable.Meta):
        fields = ("year", "number", "requirement", "unit", "role", "due_on", "suspended_on", "suspended_why", "resume")
        exclude = ("pick", "light", "period", "days_left", "status", "latest_at", "latest_text", "reminded", "handler")
        empty_text = "没有中止的承办事项。"
