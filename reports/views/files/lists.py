"""Downloads of lists with the same filters as the page, of plans, ledgers and notices."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

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
from wenshang_disclosure.core.web.evenings import on_evening
from wenshang_disclosure.core.web.tables import Columns

from .answers import DOCX, as_file, export_scope


def _duties(request, one, title):
    """Return the file of a list of duties: the columns that the address chose, else all of them."""
    scope = Scope.strictly_of(request, lambda request: one.scope(request.user, request.GET))
    require(request.user, "reports.export")
    columns = Columns(one.table_class, request.GET.get(Columns.parameter, ""), one.left_out(scope))
    rows = scope.cut(one.filter_class, one.rows(scope))
    rows = one.table_class.annotated(rows, columns.shown, scope)
    rows = scope.sorted(one.table_class, rows, **columns.for_table())
    if columns.is_chosen:
        content = lists.of_columns(one, rows, scope, columns, title)
    else:
        content = lists.assignments(rows, scope, title=title)
    return as_file(content, f"{title}_{scope.as_of}.xlsx")


@login_required
@require_safe
@on_evening
def assignments(request):
    """Download the filtered list of duties."""
    return _duties(request, ASSIGNMENTS, "承办事项")


@login_required
@require_safe
@on_evening
def overdue(request):
    """Download the filtered list of overdue duties."""
    return _duties(request, OVERDUE, "逾期事项")


@login_required
@require_safe
@on_evening
def unit(request, pk):
    """Download one unit's duties."""
    found = get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)
    scope = export_scope(request)
    rows = scope.cut(AssignmentFilter, scope.duties().filter(unit=found).for_lists().most_urgent_first())
    rows = scope.sorted(AssignmentTable, rows)
    return as_file(lists.assignments(rows, scope, title=f"{found.name}承办事项"), f"{found.name}_{scope.as_of}.xlsx")


@login_required
@require_safe
def reviews(request):
    """Download the filtered review queue."""
    require(request.user, "tasks.read_review_queue", sentence=NOT_A_READER)
    scope = export_scope(request, Scope.of_all_years)
    waiting = ProgressReport.objects.visible_to(request.user).waiting()
    rows = scope.sorted(ReviewTable, scope.cut(ReviewFilter, waiting.for_lists().with_leads()))
    return as_file(lists.reports(rows, scope), f"待审核报告_{timezone.localdate()}.xlsx")


@login_required
@require_safe
def round_items(request, pk):
    """Download the filtered items of a reporting round, submitted or not."""
    one = get_object_or_404(ReportingRound.objects.visible_to(request.user).select_related("plan"), pk=pk)
    scope = export_scope(request, plan=one.plan)
    rows = scope.cut(RoundItemFilter, RoundItem.objects.on_page(request.user, one).with_words())
    rows = scope.sorted(RoundItemTable, rows)
    return as_file(lists.round_items(rows, one, scope.note), f"{one.title}_{timezone.localdate()}.xlsx")


@login_required
@require_safe
@on_evening
def tasks(request):
    """Download the filtered tasks with their lights."""
    scope = export_scope(request)
    rows = Task.objects.visible_to(request.user).standing().filter(plan=scope.plan)
    rows = rows.with_designations().with_supplements().as_printed()
    rows = scope.cut(TaskFilter, rows)
    return as_file(lists.tasks(rows, scope, scope.duties()), f"任务_{scope.as_of}.xlsx")


@login_required
@require_safe
@on_evening
def units(request):
    """Download the filtered list of units."""
    scope = export_scope(request)
    found = scope.cut(UnitFilter, Unit.objects.visible_to(request.user))
    rows = scope.sorted(UnitTable, unit_rows(scope, found))
    return as_file(lists.units(rows, scope), f"各单位办理情况_{scope.as_of}.xlsx")


@login_required
@require_safe
@on_evening
def ledger(request):
    """Download the whole plan in the official layout (台账)."""
    scope = export_scope(request)
    return as_file(ledgers.ledger(scope), f"{scope.plan.title}台账_{scope.as_of}.xlsx")


@login_required
@require_safe
def supervision_notice(request, pk):
    """Download a reminder of the office as a notice, as of its day, for those of its units that the user may see."""
    require(request.user, "reports.export")
    numbered = Reminder.objects.visible_to(request.user).filter(number__isnull=False)
    reminder = get_object_or_404(numbered.select_related("plan", "from_unit", "by"), pk=pk)
    items = ReminderItem.objects.visible_to(request.user).filter(reminder=reminder)
    with evening(reminder.on):
        duties = Assignment.objects.filter(pk__in=items.values("assignment")).with_light().for_lists()
        words = {item.assignment_id: item.text or reminder.text for item in items}
        duties = duties.order_by("unit__order", "unit", "task__number", "pk")
        content = supervision_notices.notice(reminder, duties, words)
    name = f"{reminder.get_grade_display()}通知单{reminder.mark}.docx"
    return as_file(content, name, DOCX)


@login_required
@require_safe
@on_evening
def reminders(request):
    """Download the filtered list of reminders sent by hand."""
    scope = export_scope(request, Scope.of_records)
    rows = scope.cut(ReminderFilter, Reminder.objects.listed(request.user, scope.plans))
    rows = scope.sorted(ReminderTable, rows)
    return as_file(reminder_lists.reminders(rows, scope), f"催办_{scope.as_of}.xlsx")


@login_required
@require_safe
@on_evening
def reminder_items(request):
    """Download the filtered list of reminders by duty, with what was answered."""
    scope = export_scope(request, Scope.of_records)
    items = ReminderItem.objects.visible_to(request.user).filter(reminder__plan__in=scope.plans)
    rows = scope.sorted(ReminderItemTable, scope.cut(ReminderItemFilter, items.listed()))
    return as_file(reminder_lists.reminder_items(rows, scope), f"催办事项_{scope.as_of}.xlsx")


def _plan(request, pk):
    """Return a plan and its file name; drafts are visible only to those who draw them up."""
    require(request.user, "reports.export")
    plan = get_object_or_404(Plan.objects.visible_to(request.user), pk=pk)
    marks = {PlanState.DRAFT: "（拟制稿）", PlanState.WITHDRAWN: "（已撤回印发）"}
    return plan, plan.title + marks.get(plan.state, "")


@login_required
@require_safe
@on_evening
def plan_docx(request, pk):
    """Download a plan in the official layout as a Word file."""
    plan, name = _plan(request, pk)
    return as_file(plan_files.word(plan), f"{name}.docx", DOCX)


@login_required
@require_safe
@on_evening
def plan_xlsx(request, pk):
    """Download a plan in the official layout as an Excel file."""
    plan, name = _plan(request, pk)
    return as_file(plan_files.excel(plan), f"{name}.xlsx")
