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
from tasks.tables import AssignmentTable, RoundItemTable
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.office.content_types import DOCX
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.lists import SORT
from wenshang_disclosure.core.web.tables import Columns

from .papers import Paper, download, download_of_today, export_scope, rows_of


def of_list(asked, one, usual=None):
    """Return the file of a list: the chosen columns, else what `usual(rows, scope)` writes, else those of the page."""
    one.guard(asked.user)
    scope = export_scope(asked, lambda asked: one.scope(asked.user, asked.GET))
    columns = one.columns(asked.user, asked.GET, one.left_out(scope))
    rows = one.in_order(scope, one.cut(scope), columns)
    if usual and not columns.is_chosen:
        write = partial(usual, rows, scope)
    else:
        write = partial(lists.of_columns, one, rows, scope, columns, one.title)
    return Paper(f"{one.title}_{scope.as_of}.xlsx", write, rows_of(rows))


@download
def assignments(asked):
    """Download the filtered list of duties."""
    return of_list(asked, ASSIGNMENTS, partial(lists.assignments, title=ASSIGNMENTS.title))


@download
def overdue(asked):
    """Download the filtered list of overdue duties."""
    return of_list(asked, OVERDUE, partial(lists.assignments, title=OVERDUE.title))


@download_of_today
def rounds(asked):
    """Download the filtered list of rounds."""
    return of_list(asked, ROUNDS)


@download_of_today
def extensions(asked):
    """Download the filtered list of requests for more time."""
    return of_list(asked, EXTENSIONS)


@download_of_today
def suspended(asked):
    """Download the filtered list of suspended duties."""
    return of_list(asked, SUSPENDED)


@download_of_today
def questions(asked):
    """Download the filtered list of questions."""
    return of_list(asked, QUESTIONS)


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
    return of_list(asked, REVIEWS, lists.reports)


@download_of_today
def round_items(asked, pk):
    """Download the filtered items of a reporting round, submitted or not."""
    one = get_object_or_404(ReportingRound.objects.visible_to(asked.user).select_related("plan"), pk=pk)
    scope = export_scope(asked, plan=one.plan)
    query, table_class = asked.GET, RoundItemTable
    columns = Columns(table_class, query.get(Columns.parameter, ""), table_class.steps, query.getlist(SORT))
    rows = scope.cut(RoundItemFilter, RoundItem.objects.on_page(asked.user, one).with_words())
    rows = scope.sorted(table_class, rows, **columns.for_table())
    table = table_class([], scope=scope, **columns.for_table()) if columns.is_chosen else None
    write = partial(lists.round_items, rows, one, scope.note, table)
    return Paper(f"{one.title}_{timezone.localdate()}.xlsx", write, rows_of(rows))


@download
def tasks(asked):
    """Download the filtered tasks with their lights."""
    return of_list(asked, TASKS, lambda rows, scope: lists.tasks(rows, scope, scope.duties()))


@download
def units(asked):
    """Download the filtered list of units."""
    return of_list(asked, UNITS, lists.units)


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
    return of_list(asked, REMINDERS, reminder_lists.reminders)


@download
def reminder_items(asked):
    """Download the filtered list of reminders by duty, with what was answered."""
    return of_list(asked, REMINDER_ITEMS, reminder_lists.reminder_items)


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
