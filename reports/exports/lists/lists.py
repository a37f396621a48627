"""The lists as Excel files: each function writes the rows of a page and returns the open file."""

from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from departments.models import Unit
from reports import figures
from tasks.choices import DutyRole, Light, Status, Submission
from tasks.models import Plan, Task
from tasks.models.progress.latest import with_latest_text
from tasks.tables.plans import as_written
from tasks.tables.progress import stage_in_words
from tasks.templatetags.lights import light_in_words
from wenshang_disclosure.core.office.xlsx import DAY, MOMENT, PERCENT, stream_table

BATCH_ROWS = 2000  # fetched at a time
LIGHTS = [(light.value, light.label) for light in Light]
DEMO = "含演示数据，不反映任何单位的真实工作情况。"


def heading(scope):
    """Return the lines below the title: plan or years, and day, the filter, and a note on demonstration data."""
    plans = scope.plans
    titles = plans[0].title if len(plans) == 1 else f"{'、'.join(str(plan.year) for plan in plans)}年任务分解表"
    has_demo_activity = any(plan.has_demo_activity for plan in plans)
    return _lines(f"{titles}　截至{scope.as_of:%Y-%m-%d}", scope.note, has_demo_activity)


def _lines(first, note, has_demo_activity):
    lines = [first]
    if note:
        lines.append(f"筛选条件：{note}")
    if has_demo_activity:
        lines.append(DEMO)
    return lines


YEAR_COLUMN = ("年度", 7)
DUTY_COLUMNS = [
    ("序号", 6),
    ("部分", 18),
    ("工作任务", 22),
    ("具体要求", 50),
    ("承办单位", 22),
    ("职责", 7),
    ("完成时限（原文）", 17),
    ("完成时限（日期）", 17, DAY),
    ("补充通知", 24),
    ("亮灯", 18),
    ("办理状态", 10),
    ("剩余天数", 9),
    ("逾期天数", 9),
    ("最近进展", 50),
    ("佐证数", 8),
]


def assignments(duties, scope, title="承办事项"):
    """Write duties that are `with_light` and `for_lists`, in the given order."""
    if not scope.has_several_years:
        return stream_table(title, heading(scope), DUTY_COLUMNS, (row for _, row in with_rows(duties, scope)))
    rows = ([duty.plan.year, *row] for duty, row in with_rows(duties, scope))
    return stream_table(title, heading(scope), [YEAR_COLUMN, *DUTY_COLUMNS], rows)


USUAL_WIDTH = 12
FORMATS = {
    **dict.fromkeys(["due_on", "first_due_on", "latest_at", "acknowledged_at", "suspended_on", "closes_on"], DAY),
    **dict.fromkeys(["old_due_on", "requested_due_on", "granted_due_on", "answer_by"], DAY),
    **dict.fromkeys(["submitted_at", "requested_at", "decided_at", "reported_at", "at", "seen_at"], MOMENT),
}
"""Formats of the columns of tables that hold days or moments."""


def of_columns(one, rows, scope, columns, title):
    """Write the chosen `columns` of a list (`core.web.lists`), with whole texts and full names, in the given order."""
    return of_table(one.reader(scope, columns), rows, title, heading(scope))


def of_table(table, rows, title, lines):
    """Write the cells of `rows` as the empty `table` gives them, below `lines`."""
    names = [column.name for column in table.columns]
    heads = [
        (str(table.columns[name].header), table.widths.get(name, USUAL_WIDTH), FORMATS.get(name, "General"))
        for name in names
    ]
    return stream_table(title, lines, heads, _cells(table, rows, names))


def _cells(table, rows, names):
    for batch in in_batches(rows):
        table.prepare(batch)
        for record in batch:
            yield [table.plain(record, name) for name in names]


def in_batches(rows):
    """Yield lists of at most `BATCH_ROWS` of the rows, a queryset or a list."""
    left = iter(rows.iterator(chunk_size=BATCH_ROWS) if isinstance(rows, QuerySet) else rows)
    while batch := list(islice(left, BATCH_ROWS)):
        yield batch


def with_rows(duties, scope):
    """Yield each duty with its row, in the given order; the duties are `with_light`, and get their row, unit and plan.

    Rows of the table and units stand in many lines, and are read once: the tasks of each plan in one query.
    """
    annotated = figures.with_items_of_duties(with_latest_text(duties, scope.as_of), scope.as_of)
    tasks, units = {}, Unit.objects.in_bulk()
    for duty in annotated.select_related(None).iterator(chunk_size=BATCH_ROWS):
        if duty.task_id not in tasks:
            of_plan = Task.objects.filter(plan=duty.plan_id).select_related("section__part", "plan").with_supplements()
            tasks |= {task.pk: task for task in of_plan}
        duty.task, duty.unit = tasks[duty.task_id], units[duty.unit_id]
        duty.plan = duty.task.plan
        yield duty, _duty_row(duty)


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
        duty.due_on,
        "\n".join(task.supplement_notes),
        light_in_words(duty),
        Status(duty.status).label,
        *_days(duty),
        duty.latest_text,
        duty.evidence_count,
    ]


def _days(duty):
    """Return the days left and the days overdue; both are `None` for completed and long-term duties."""
    if duty.days_left is None or duty.light == Light.DONE:
        return None, None
    return (duty.days_left, None) if duty.days_left >= 0 else (None, _overdue(duty))


def _overdue(duty):
    """A claim submitted by the deadline waits for its review, and is not late while it does."""
    return duty.days_overdue if duty.light == Light.OVERDUE else None


REPORT_COLUMNS = [
    ("报送时间", 17, MOMENT),
    YEAR_COLUMN,
    ("填报单位", 22),
    ("序号", 6),
    ("具体要求", 45),
    ("类型", 10),
    ("填报方式", 24),
    ("进展情况", 60),
    ("存在问题", 30),
    ("下步措施", 30),
    ("填报人", 14),
    ("保密审查人", 12),
    ("佐证数", 8),
    ("所在环节", 22),
    ("到达日期", 12, DAY),
]


def reports(queue, scope):
    """Write today's queue of reports of all years, `for_lists` and `with_leads`, in the given order."""
    queue = figures.with_items_of_reports(queue.select_related("assignment__plan"))
    rows = (_report_row(report) for report in queue.iterator(chunk_size=BATCH_ROWS))
    has_demo_activity = Plan.objects.filter(has_demo_activity=True).exists()
    notes = _lines(f"截至{timezone.localdate():%Y-%m-%d}", scope.note, has_demo_activity)
    return stream_table("待审核报告", notes, REPORT_COLUMNS, rows)


def _report_row(report):
    return [
        report.submitted_at,
        report.assignment.plan.year,
        report.assignment.unit.name,
        report.assignment.task.number,
        report.assignment.task.requirement,
        "申报办结" if report.claims_completion else "一般进展",
        report.how_entered,
        report.text,
        report.obstacles,
        report.next_steps,
        str(report.author),
        report.attested_name,
        report.evidence_count,
        stage_in_words(report),
        timezone.localdate(report.since),
    ]


TASK_COLUMNS = [
    ("序号", 6),
    ("部分", 22),
    ("工作任务", 26),
    ("牵头部门", 26),
    ("责任单位", 30),
    ("具体要求", 60),
    ("完成时限", 12),
    ("补充通知", 24),
    ("应办单位", 9),
    *((label, 8) for _, label in LIGHTS),
]


def tasks(rows, scope, duties):
    """Write tasks that are `with_designations`, with the lights of the visible `duties`."""
    counts = duties.lights_by_task()
    lines = (_task_row(task, counts.get(task.pk, figures.NOTHING)) for task in rows.iterator(chunk_size=BATCH_ROWS))
    return stream_table("任务分解表", heading(scope), TASK_COLUMNS, lines)


def _task_row(task, counts):
    return [
        task.number,
        task.section.part.heading,
        task.section.heading,
        as_written(task.designated(DutyRole.LEAD)),
        as_written(task.designated(DutyRole.RESPONSIBLE)),
        task.requirement,
        task.deadline_in_words,
        "\n".join(task.supplement_notes),
        counts["owed"],
        *(counts[value] for value, _ in LIGHTS),
    ]


UNIT_COLUMNS = [("单位", 32), ("类别", 14), ("应办", 9), ("办结率", 10, PERCENT), *((label, 9) for _, label in LIGHTS)]


def units(rows, scope):
    """Write the figures of units from `figures.by_unit`."""
    lines = (
        [row["unit__name"], row["kind"], row["owed"], row["completion_rate"] / 100, *(row[v] for v, _ in LIGHTS)]
        for row in rows
    )
    return stream_table("各单位办理情况", heading(scope), UNIT_COLUMNS, lines)


ROUND_COLUMNS = [
    ("承办单位", 26),
    ("序号", 6),
    ("部分", 18),
    ("工作任务", 22),
    ("具体要求", 50),
    ("职责", 7),
    ("报送情况", 10),
    ("报送时间", 17, MOMENT),
    ("办理状态", 10),
    ("进展情况", 60),
]


def round_items(items, one, note, table=None):
    """Write the items of a round, `with_submission`, `with_words` and `for_lists`, in the given order; the columns are
    those of the empty `table` where there is one.
    """
    until = f"{one.opens_on:%Y-%m-%d}至{one.closes_on:%Y-%m-%d}（{one.phase}）"
    lines, title = _lines(f"{one.plan.title}　{until}", note, one.plan.has_demo_activity), f"{one.title}报送情况"
    if table is not None:
        return of_table(table, items, title, lines)
    return stream_table(
        title, lines, ROUND_COLUMNS, (_round_row(item) for item in items.iterator(chunk_size=BATCH_ROWS))
    )


def _round_row(item):
    duty = item.assignment
    return [
        duty.unit.name,
        duty.task.number,
        duty.task.section.part.heading,
        duty.task.section.heading,
        duty.task.requirement,
        duty.get_role_display(),
        Submission(item.submission).label,
        item.reported_at,
        duty.get_status_display(),
        item.words,
    ]
