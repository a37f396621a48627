"""The lists as Excel files: exactly the rows that a page shows. Rows in, an open file out."""

from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from tasks.choices import DutyRole, Light, ReportState, Status
from tasks.models import Evidence, ProgressReport
from wenshang_disclosure.common.dates import day_end
from wenshang_disclosure.common.xlsx import stream_table

AT_ONCE = 2000  # rows fetched at a time
LIGHTS = [(light.value, light.label) for light in Light]


def heading(asked):
    """Give the lines under the title: plan and day, the filter, and that the data are a demonstration's."""
    lines = [f"{asked.plan.title}　截至{asked.as_of:%Y-%m-%d}"]
    if asked.note:
        lines.append(f"筛选条件：{asked.note}")
    if asked.plan.has_demo_activity:
        lines.append("含演示数据，不反映任何单位的真实工作情况。")
    return lines


DUTY_COLUMNS = [
    ("序号", 6),
    ("部分", 18),
    ("工作任务", 22),
    ("具体要求", 50),
    ("承办单位", 22),
    ("职责", 7),
    ("完成时限（原文）", 12),
    ("完成时限", 12),
    ("亮灯", 18),
    ("办理状态", 10),
    ("剩余天数", 9),
    ("最近进展", 50),
    ("佐证数", 8),
]


def assignments(duties, asked, title="承办事项"):
    """Write duties that are `with_light` and `for_lists`, in the order given."""
    rows = (_duty_row(duty) for duty in _with_progress(duties, asked).iterator(chunk_size=AT_ONCE))
    return stream_table(title, heading(asked), DUTY_COLUMNS, rows)


def _with_progress(duties, asked):
    until = Q(submitted_at__lt=day_end(asked.as_of)) & ~Q(state=ReportState.DRAFT)
    latest = ProgressReport.objects.filter(until, assignment=OuterRef("pk")).order_by("-submitted_at", "-pk")
    items = Evidence.objects.filter(
        report__assignment=OuterRef("pk"), report__submitted_at__lt=day_end(asked.as_of)
    ).exclude(report__state=ReportState.DRAFT)
    counted = items.order_by().values("report__assignment").annotate(n=Count("pk")).values("n")
    return duties.annotate(
        latest_text=Subquery(latest.values("text")[:1]), evidence_count=Coalesce(Subquery(counted), Value(0))
    )


def _duty_row(duty):
    task = duty.task
    return [
        task.number,
        task.section.part.heading,
        task.section.heading,
        task.requirement,
        duty.unit.name,
        duty.get_role_display(),
        task.deadline_in_words,
        duty.due_then,
        light_in_words(duty),
        Status(duty.status_then).label,
        duty.days_left if duty.light != Light.DONE else None,
        duty.latest_text,
        duty.evidence_count,
    ]


def light_in_words(duty):
    """Give the light with its marks, as the pages show them."""
    label = Light(duty.light).label
    if duty.light == Light.DONE and duty.is_late:
        return "办结（逾期办结）"
    if duty.light == Light.OVERDUE and duty.status_then == Status.UNDER_REVIEW:
        return "逾期（待审核）"
    return f"{label}（退回待补正）" if duty.unanswered_then and duty.light != Light.DONE else label


REPORT_COLUMNS = [
    ("报送时间", 17),
    ("填报单位", 22),
    ("序号", 6),
    ("具体要求", 45),
    ("类型", 10),
    ("进展情况", 60),
    ("存在问题", 30),
    ("下步措施", 30),
    ("填报人", 14),
    ("保密审查人", 12),
    ("佐证数", 8),
]


def reports(queue, asked):
    """Write waiting reports that are `for_lists`, in the order given."""
    items = Evidence.objects.filter(report=OuterRef("pk")).order_by().values("report").annotate(n=Count("pk"))
    queue = queue.annotate(evidence_count=Coalesce(Subquery(items.values("n")), Value(0)))
    rows = (_report_row(report) for report in queue.iterator(chunk_size=AT_ONCE))
    return stream_table("待审核报告", heading(asked)[1:] or [f"截至{asked.as_of:%Y-%m-%d}"], REPORT_COLUMNS, rows)


def _report_row(report):
    return [
        report.submitted_at,
        report.assignment.unit.name,
        report.assignment.task.number,
        report.assignment.task.requirement,
        "申报办结" if report.claims_completion else "一般进展",
        report.text,
        report.obstacles,
        report.next_steps,
        str(report.author),
        report.attested_name,
        report.evidence_count,
    ]


TASK_COLUMNS = [
    ("序号", 6),
    ("部分", 22),
    ("工作任务", 26),
    ("牵头部门", 26),
    ("责任单位", 30),
    ("具体要求", 60),
    ("完成时限", 12),
    ("应办单位", 9),
    *((label, 8) for _, label in LIGHTS),
]


def tasks(rows, asked, duties):
    """Write rows of the table that are `with_designations`, with the lights of the visible `duties`."""
    counts = {figures["task"]: figures for figures in duties.light_counts("task")}
    lines = (_task_row(task, counts.get(task.pk)) for task in rows.iterator(chunk_size=AT_ONCE))
    return stream_table("任务分解表", heading(asked), TASK_COLUMNS, lines)


def as_written(designations):
    """Give a cell's entries, one a line as on paper, with 待明确 where an entry names nobody yet."""
    return "\n".join(f"{name.text}（待明确）" if name.is_unresolved else name.text for name in designations)


def _task_row(task, figures):
    return [
        task.number,
        task.section.part.heading,
        task.section.heading,
        as_written(task.designated(DutyRole.LEAD)),
        as_written(task.designated(DutyRole.RESPONSIBLE)),
        task.requirement,
        task.deadline_in_words,
        figures["owed"] if figures else 0,
        *(figures[value] if figures else 0 for value, _ in LIGHTS),
    ]


UNIT_COLUMNS = [("单位", 32), ("类别", 14), ("应办", 9), ("办结率", 10), *((label, 9) for _, label in LIGHTS)]


def units(rows, asked):
    """Write the figures of units, as `figures.by_unit` gives them."""
    lines = (
        [row["unit__name"], row["kind"], row["owed"], f"{row['completion_rate']:.1%}", *(row[v] for v, _ in LIGHTS)]
        for row in rows
    )
    return stream_table("各单位办理情况", heading(asked), UNIT_COLUMNS, lines)
