"""The list of duties, and the page of one duty with its history."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from departments.models import User
from departments.models.user import with_names_only
from tasks import lists
from tasks.choices import ReportState
from tasks.forms import RevokeForm
from tasks.models import (
    Assignment,
    EnteredReport,
    Evidence,
    LeadOpinion,
    ProgressReport,
    Trace,
    Traces,
    timeline,
)
from tasks.scope import read_day
from tasks.services.progress import reviews
from tasks.services.supervision import reminders
from tasks.views.deadlines.changes import deadline_steps
from tasks.views.picking import PickingPage
from tasks.views.plan_page import PlanPage
from tasks.views.progress import discussion
from wenshang_disclosure.core.evenings import evening_read
from wenshang_disclosure.core.web.errors import may, require
from wenshang_disclosure.core.web.evenings import on_evening


class AssignmentList(PickingPage, PlanPage):
    """List of the duties of all plans with open work, most urgent first."""

    list = lists.ASSIGNMENTS
    template_name = "tasks/progress/assignments/list.html"
    fragment_name = "tasks/progress/assignments/_content.html"


def _page(request, duty, there, revoke_form, status=200):
    user = request.user
    of_duty = ProgressReport.objects.visible_to(user).filter(assignment=duty)
    reports, inside = _submitted(of_duty, duty, there), may(user, "tasks.read_handling", duty)
    context = {
        "duty": duty,
        "task": duty.task,
        "inside": inside,
        "reports": reports,
        "returned": next((report for report in reports if report.state == ReportState.RETURNED), None)
        if duty.awaits_answer and inside
        else None,
        "draft": _not_submitted(of_duty, duty) if Trace.UNSUBMITTED in there else None,
        "timeline": timeline([duty], until=evening_read(), reader=user, traces=there),
        "leads": duty.task.designated("lead"),
        "passed_on": _passed_on(user, duty, there),
        "chased": _chased(user, duty) if Trace.CHASED in there else [],
        "in_rounds": Trace.ROUND in there,
        "may_chase": _may_chase(user, duty),
        "revoke_form": revoke_form,
        **discussion.beside(duty.task, user, duty.unit, duty=duty, traces=there),
        **deadline_steps(user, duty, there),
    }
    return render(request, "tasks/progress/assignments/detail.html", context, status=status)


def _submitted(reports, duty, there):
    """Return the submitted reports of the duty, the latest first, with all that the page shows of them."""
    people = ("author", "attested_by", "leader_approved_by", "reviewed_by")
    opinions = with_names_only(LeadOpinion.objects.select_related("unit"), "by")
    shown = with_names_only(reports.submitted(), *people).prefetch_related(
        Prefetch("evidence", Evidence.objects.select_related("stored")),
        Prefetch("writers", User.objects.order_by("pk").only("pk")),
        Prefetch("entries", EnteredReport.objects.all() if Trace.ENTERED in there else EnteredReport.objects.none()),
        Prefetch("opinions", opinions if Trace.OPINION in there else opinions.none()),
    )
    shown = list(shown.order_by("-submitted_at", "-pk"))
    for report in shown:
        report.assignment = duty
    if any(report.waits_for_lead for report in shown):
        leads = Assignment.objects.coordinating(duty.task_id).select_related("unit")
        duty.task.coordinating = list(leads.order_by("unit__order", "pk"))
    return shown


def _not_submitted(reports, duty):
    """Return the duty's draft or its report that awaits the leader; `None` without either."""
    found = with_names_only(reports.not_submitted(), "attested_by", "author").first()
    if found:
        found.assignment = duty
    return found


def _passed_on(user, duty, there):
    """Return the duties of the row that the duty was passed on from or to, which few have."""
    if Trace.REASSIGNED in there or duty.unit.successor_id or duty.unit.ids_merged_into_it:
        return Assignment.objects.visible_to(user).passed_on_with(duty)
    return []


def _chased(user, duty):
    return duty.reminded.to_answer(user).select_related("reminder__by", "reminder__from_unit")


def _may_chase(user, duty):
    return may(user, "tasks.remind") and reminders.chaseable(Assignment.objects.filter(pk=duty.pk), user).exists()


def _seen(request, pk):
    """Return the duty and its `Traces`."""
    there = Traces.of([pk])
    duties = Assignment.objects.visible_to(request.user).with_light().for_lists().select_related("plan")
    if Trace.UNSUBMITTED in there:  # a report that the leader returned is a draft; without one, `awaits_answer` tells
        duties = duties.with_returned(request.user)
    duty = get_object_or_404(with_names_only(duties, "acknowledged_by"), pk=pk)
    duty.task.plan = duty.plan
    return duty, there


@login_required
@require_safe
@on_evening
def detail(request, pk):
    """Show one duty: requirement, leads, deadline, reports with evidence, timeline; also as on a past evening."""
    read_day(request.GET)
    form = RevokeForm() if may(request.user, "tasks.revoke_completion") else None
    return _page(request, *_seen(request, pk), form)


@login_required
@require_POST
def revoke(request, pk):
    """Revoke a completion, with a reason."""
    duty, there = _seen(request, pk)
    require(request.user, "tasks.revoke_completion", duty)
    form = RevokeForm(request.POST)
    if form.carry_out(reviews.revoke, duty, by=request.user):
        messages.success(request, "已撤销办结，承办单位将看到原因。")
        return redirect("tasks:assignment", pk=pk)
    return _page(request, duty, there, form, form.status)
