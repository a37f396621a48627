"""Downloads of lists with the same filters as the page, of plans, ledgers and notices."""

from functools import partial

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
from reports.lists import UNITS
from tasks.choices import PlanState
from tasks.filters import AssignmentFilter, RoundItemFilter
from tasks.lists import (
    ASSIGNMENTS,
    EXTENSIONS,
    OVERDUE,
    QUESTIONS,
    REMINDER_ITEMS,
    REMINDERS,
    REVIEWS,
    ROUNDS,
    SUSPENDED,
    TASKS,
)
from tasks.models import Assignment, Plan, Reminder, ReminderItem, ReportingRound, RoundItem
from tasks.scope import Scope
from tasks.tables import AssignmentTable, RoundItemTable
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.evenings import on_evening
from wenshang_disclosure.core.web.lists import SORT
from wenshang_disclosure.core.web.tables import Columns

from .answers import DOCX, as_file, export_scope


def of_list(request, one, usual=None):
    """Return the file of a list: the chosen columns, else what `usual(rows, scope)` writes, else those of the page."""
    one.guard(request.user)
    scope = Scope.strictly_of(request, lambda request: one.scope(request.user, request.GET))
    require(request.user, "reports.export")
    columns = one.columns(request.GET, one.left_out(scope))
    rows = one.in_order(scope, one.cut(scope), columns)
    if usual and not columns.is_chosen:
        content = usual(rows, scope)
    else:
        content = lists.of_columns(one, rows, scope, columns, one.title)
    return as_file(content, f"{one.title}_{scope.as_of}.xlsx")


@login_required
@require_safe
@on_evening
def assignments(request):
    """Download the filtered list of duties."""
    return of_list(request, ASSIGNMENTS, partial(lists.assignments, title=ASSIGNMENTS.title))


@login_required
@require_safe
@on_evening
def overdue(request):
    """Download the filtered list of overdue duties."""
    return of_list(request, OVERDUE, partial(lists.assignments, title=OVERDUE.title))


@login_required
@require_safe
def rounds(request):
    """Download the filtered list of rounds."""
    return of_list(request, ROUNDS)


@login_required
@require_safe
def extensions(request):
    """Download the filtered list of requests for more time."""
    return of_list(request, EXTENSIONS)


@login_required
@require_safe
def suspended(request):
    """Download the filtered list of suspended duties."""
    return of_list(request, SUSPENDED)


@login_required
@require_safe
def questions(request):
    """Download the filtered list of questions."""
    return of_list(request, QUESTIONS)


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
    return of_list(request, REVIEWS, lists.reports)


@login_required
@require_safe
def round_items(request, pk):
    """Download the filtered items of a reporting round, submitted or not."""
    one = get_object_or_404(ReportingRound.objects.visible_to(request.user).select_related("plan"), pk=pk)
    scope = export_scope(request, plan=one.plan)
    query, table_class = request.GET, RoundItemTable
    columns = Columns(table_class, query.get(Columns.parameter, ""), table_class.steps, query.getlist(SORT))
    rows = scope.cut(RoundItemFilter, RoundItem.objects.on_page(request.user, one).with_words())
    rows = scope.sorted(table_class, rows, **columns.for_table())
    table = table_class([], scope=scope, **columns.for_table()) if columns.is_chosen else None
    return as_file(lists.round_items(rows, one, scope.note, table), f"{one.title}_{timezone.localdate()}.xlsx")


@login_required
@require_safe
@on_evening
def tasks(request):
    """Download the filtered tasks with their lights."""
    return of_list(request, TASKS, lists.tasks)


@login_required
@require_safe
@on_evening
def units(request):
    """Download the filtered list of units."""
    return of_list(request, UNITS, lists.units)


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
    return of_list(request, REMINDERS, reminder_lists.reminders)


@login_required
@require_safe
@on_evening
def reminder_items(request):
    """Download the filtered list of reminders by duty, with what was answered."""
    return of_list(request, REMINDER_ITEMS, reminder_lists.reminder_items)


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
