"""The worklist (工作台) of a unit and of the office: what is to be done now, each line a click from being done."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_safe

from departments.choices import BELONGS_TO_A_UNIT
from tasks.choices import Status
from tasks.models import EnteredReport, ReminderItem
from tasks.scope import Scope
from tasks.services.progress import office_worklist, worklist
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.numbers import read_number

NOT_FOR_READERS = worded("工作台供承办单位的联络员和分管领导、{office_short}工作人员和审核人使用。")


@login_required
@require_safe
def page(request):
    """Show the worklist of the office to who reviews, that of their unit to its people."""
    if may(request.user, "tasks.review"):
        return _of_the_office(request)
    if request.user.role not in BELONGS_TO_A_UNIT:
        raise PermissionDenied(NOT_FOR_READERS)
    return _of_a_unit(request)


def _of_the_office(request):
    """Show what waits for the office in all years, as the menu counts it, or in the chosen one, and who has reported in
    this period.
    """
    user, scope, records = request.user, Scope.of_work_today(request), Scope.of_all_years_today(request)
    groups = {
        "reviews": office_worklist.waiting_reports(records),
        "requests": office_worklist.waiting_requests(records),
        "reminders": office_worklist.unanswered_reminders(records),
        "unresolved": office_worklist.unresolved_rows(scope),
        "questions": office_worklist.waiting_questions(records),
    }
    context = {
        **scope.context(),
        "several_years": records.has_several_years,
        **groups,
        "waiting": sum(group.number for group in groups.values()),
        "newly_overdue": office_worklist.newly_overdue(scope),
        "progress": office_worklist.period_progress(scope, read_number(request.GET.get("round"))),
        **office_worklist.next_steps(user),
    }
    return render(request, "tasks/progress/worklist/office/page.html", context)


def _of_a_unit(request):
    """Show the own unit's duties by what is to be done, with its rounds, reminders and what is to be acknowledged."""
    scope = Scope.of_work_today(request)
    duties = worklist.duties_of(scope)
    tab = worklist.chosen_tab(duties, request.GET.get("show"))
    rounds = worklist.rounds(duties)
    unseen = _unseen(request.user)
    context = {
        **scope.context(),
        "tab": tab,
        "tabs": worklist.counts(duties),
        "groups": worklist.groups(duties, tab),
        "usual_deadline": _most_common([duty.due_on for duty in duties]),
        "rounds": rounds,
        "due": sum(map(worklist.DUE.holds, duties)),
        "unseen": unseen,
        "several_reminders": len({item.reminder_id for item in unseen}) > 1,
        "to_acknowledge": sum(duty.acknowledged_at is None for duty in duties if duty.status != Status.COMPLETED),
        "to_confirm": EnteredReport.objects.visible_to(request.user).unanswered().count(),
        "may_write": bool(duties) and may(request.user, "tasks.write_report", duties[0]),
    }
    return render(request, "tasks/progress/worklist/page.html", context)


def _unseen(user):
    """Return the items of reminders that nobody in the unit has seen yet, the latest reminder first."""
    items = ReminderItem.objects.unseen_by(user).select_related("reminder__from_unit", "assignment__task")
    return list(items.order_by("-reminder", "assignment__task__number", "pk"))


def _most_common(days):
    return Counter(days).most_common(1)[0][0] if days else None
