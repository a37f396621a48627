"""Downloads of lists with the same filters as the page, of plans, ledgers and notices."""

from functools import partial

from django.shortcuts import get_object_or_404
from django.utils import timezone

from departments.models import Unit
from reports.exports import ledger as ledgers
from reports.exports import plan_files
from reports.exports.lists import lists
from reports.exports.lists import reminders as reminder_lists
from reports.exports.word import supervision_notice as supervision_notices
from reports.filters import UnitFilter
from reports.tables import UnitTable
from reports.views.units import unit_rows
from tasks.choices import PlanState
from tasks.filters import (
    AssignmentFilter,
    ReminderFilter,
    ReminderItemFilter,
    ReviewFilter,
    RoundItemFilter,
    TaskFilter,
)
from tasks.lists import ASSIGNMENTS, OVERDUE
from tasks.models import Assignment, Plan, ProgressReport, Reminder, ReminderItem, ReportingRound, RoundItem, Task
from tasks.rules import NOT_A_READER
from tasks.scope import Scope
from tasks.tables import AssignmentTable, ReminderItemTable, ReminderTable, ReviewTable, RoundItemTable
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.tables import Columns

from .papers import DOCX, Paper, download, download_of_today, export_scope, rows_of


def _duties(asked, one, title):
    """Return the file of a list of duties: the columns that the address chose, else all of them."""
    scope = Scope.strictly_of(asked, lambda asked: one.scope(asked.user, asked.GET))
    require(asked.user, "reports.export")
    columns = Columns(one.table_class, asked.GET.get(Columns.parameter, ""), one.left_out(scope))
    rows = scope.cut(one.filter_class, one.rows(scope))
    rows = one.table_class.annotated(rows, columns.shown, scope)
    rows = scope.sorted(one.table_class, rows, **columns.for_table())
    if columns.is_chosen:
        write = partial(lists.of_columns, one, rows, scope, columns, title)
    else:
        write = partial(lists.assignments, rows, scope, title=title)
    return Paper(f"{title}_{scope.as_of}.xlsx", write, rows_of(rows))


@download
def assignments(asked):
    """Download the filtered list of duties."""
    return _duties(asked, ASSIGNMENTS, "承办事项")


@download
def overdue(asked):
    """Download the filtered list of overdue duties."""
    return _duties(asked, OVERDUE, "逾期事项")


@download
def unit(asked, pk):
    """Download one unit's duties."""
    found = get_object_or_404(Unit.objects.visible_to(asked.user), pk=pk)
    scope = export_scope(asked)
    rows = scope.cut(AssignmentFilter, scope.duties().filter(unit=found).for_lists().most_urgent_first())
    rows = scope.sorted(AssignmentTable, rows)
    write = partial(lists.assignments, rows, scope, title=f"{found.name}承办事项")
    return Paper(f"{found.name}_{scope.as_of}.xlsx", write, rows_of(rows))


@download_of_today
def reviews(asked):
    """Download the filtered review queue."""
    require(asked.user, "tasks.read_review_queue", sentence=NOT_A_READER)
    scope = export_scope(asked, Scope.of_all_years)
    waiting = ProgressReport.objects.visible_to(asked.user).waiting()
    rows = scope.sorted(ReviewTable, scope.cut(ReviewFilter, waiting.for_lists().with_leads()))
    return Paper(f"待审核报告_{timezone.localdate()}.xlsx", partial(lists.reports, rows, scope), rows_of(rows))


@download_of_today
def round_items(asked, pk):
    """Download the filtered items of a reporting round, submitted or not."""
    one = get_object_or_404(ReportingRound.objects.visible_to(asked.user).select_related("plan"), pk=pk)
    scope = export_scope(asked, plan=one.plan)
    rows = scope.cut(RoundItemFilter, RoundItem.objects.on_page(asked.user, one).with_words())
    rows = scope.sorted(RoundItemTable, rows)
    write = partial(lists.round_items, rows, one, scope.note)
    return Paper(f"{one.title}_{timezone.localdate()}.xlsx", write, rows_of(rows))


@download
def tasks(asked):
    """Download the filtered tasks with their lights."""
    scope = export_scope(asked)
    rows = Task.objects.visible_to(asked.user).standing().filter(plan=scope.plan)
    rows = rows.with_designations().with_supplements().as_printed()
    rows = scope.cut(TaskFilter, rows)
    return Paper(f"任务_{scope.as_of}.xlsx", partial(lists.tasks, rows, scope, scope.duties()), rows_of(rows))


@download
def units(asked):
    """Download the filtered list of units."""
    scope = export_scope(asked)
    found = scope.cut(UnitFilter, Unit.objects.visible_to(asked.user))
    rows = scope.sorted(UnitTable, unit_rows(scope, found))
    return Paper(f"各单位办理情况_{scope.as_of}.xlsx", partial(lists.units, rows, scope))


@download
def ledger(asked):
    """Download the whole plan in the official layout (台账)."""
    scope = export_scope(asked)
    return Paper(f"{scope.plan.title}台账_{scope.as_of}.xlsx", partial(ledgers.ledger, scope))


@download_of_today
def supervision_notice(asked, pk):
    """Download a reminder of the office as a notice, as of its day, for those of its units that the user may see."""
    require(asked.user, "reports.export")
    numbered = Reminder.objects.visible_to(asked.user).filter(number__isnull=False)
    reminder = get_object_or_404(numbered.select_related("plan", "from_unit", "by"), pk=pk)
    items = ReminderItem.objects.visible_to(asked.user).filter(reminder=reminder)
    name = f"{reminder.get_grade_display()}通知单{reminder.mark}.docx"
    return Paper(name, partial(_notice, reminder, items), content_type=DOCX)


def _notice(reminder, items):
    with evening(reminder.on):
        duties = Assignment.objects.filter(pk__in=items.values("assignment")).with_light().for_lists()
        words = {item.assignment_id: item.text or reminder.text for item in items}
        duties = duties.order_by("unit__order", "unit", "task__number", "pk")
        return supervision_notices.notice(reminder, duties, words)


@download
def reminders(asked):
    """Download the filtered list of reminders sent by hand."""
    scope = export_scope(asked, Scope.of_records)
    rows = scope.cut(ReminderFilter, Reminder.objects.listed(asked.user, scope.plans))
    rows = scope.sorted(ReminderTable, rows)
    return Paper(f"催办_{scope.as_of}.xlsx", partial(reminder_lists.reminders, rows, scope), rows_of(rows))


@download
def reminder_items(asked):
    """Download the filtered list of reminders by duty, with what was answered."""
    scope = export_scope(asked, Scope.of_records)
    items = ReminderItem.objects.visible_to(asked.user).filter(reminder__plan__in=scope.plans)
    rows = scope.sorted(ReminderItemTable, scope.cut(ReminderItemFilter, items.listed()))
    return Paper(f"催办事项_{scope.as_of}.xlsx", partial(reminder_lists.reminder_items, rows, scope), rows_of(rows))


def _plan(asked, pk):
    """Return a plan and its file name; drafts are visible only to those who draw them up."""
    require(asked.user, "reports.export")
    plan = get_object_or_404(Plan.objects.visible_to(asked.user), pk=pk)
    marks = {PlanState.DRAFT: "（拟制稿）", PlanState.WITHDRAWN: "（已撤回印发）"}
    return plan, plan.title + marks.get(plan.state, "")


@download
def plan_docx(asked, pk):
    """Download a plan in the official layout as a Word file."""
    plan, name = _plan(asked, pk)
    return Paper(f"{name}.docx", partial(plan_files.word, plan), content_type=DOCX)


@download
def plan_xlsx(asked, pk):
    """Download a plan in the official layout as an Excel file."""
    plan, name = _plan(asked, pk)
    return Paper(f"{name}.xlsx", partial(plan_files.excel, plan))
