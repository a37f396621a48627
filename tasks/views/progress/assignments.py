"""The list of duties, and the page of one duty with its history."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tasks import lists
from tasks.choices import ReportState
from tasks.forms import RevokeForm
from tasks.models import Assignment, ProgressReport, timeline
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


def _page(request, duty, revoke_form, status=200):
    reports = ProgressReport.objects.visible_to(request.user).filter(assignment=duty)
    of_duty, inside = Assignment.objects.filter(pk=duty.pk), may(request.user, "tasks.read_handling", duty)
    shown = (
        reports.submitted().for_lists().select_related("reviewed_by").prefetch_related("evidence__stored", "writers")
    )
    shown = shown.with_leads().prefetch_related("opinions__unit", "opinions__by")
    shown = list(shown.order_by("-submitted_at", "-pk"))
    context = {
        "duty": duty,
        "task": duty.task,
        "inside": inside,
        "reports": shown,
        "returned": next((report for report in shown if report.state == ReportState.RETURNED), None)
        if duty.awaits_answer and inside
        else None,
        "draft": _not_submitted(reports),
        "timeline": timeline(of_duty, until=evening_read(), reader=request.user),
        "leads": duty.task.designated("lead"),
        "passed_on": Assignment.objects.visible_to(request.user).passed_on_with(duty),
        "chased": duty.reminded.to_answer(request.user).select_related("reminder__by", "reminder__from_unit"),
        "may_chase": _may_chase(request.user, duty),
        "revoke_form": revoke_form,
        **discussion.beside(duty.task, request.user, duty.unit),
        **deadline_steps(request.user, duty),
    }
    return render(request, "tasks/progress/assignments/detail.html", context, status=status)


def _not_submitted(reports):
    """Return the duty's draft or its report that awaits the leader, with its evidence; `None` without either."""
    found = reports.not_submitted().select_related("attested_by", "author").prefetch_related("evidence__stored")
    return found.first()


def _may_chase(user, duty):
    return may(user, "tasks.remind") and reminders.chaseable(Assignment.objects.filter(pk=duty.pk), user).exists()


def _seen(request, pk):
    duties = Assignment.objects.visible_to(request.user).with_light().with_returned(request.user)
    duties = duties.for_lists().select_related("plan")
    return get_object_or_404(
        duties.prefetch_related("task__designations__unit", "task__designations__collective"), pk=pk
    )


@login_required
@require_safe
@on_evening
def detail(request, pk):
    """Show one duty: requirement, leads, deadline, reports with evidence, timeline; also as on a past evening."""
    read_day(request.GET)
    return _page(request, _seen(request, pk), RevokeForm() if may(request.user, "tasks.revoke_completion") else None)


@login_required
@require_POST
def revoke(request, pk):
    """Revoke a completion, with a reason."""
    duty = _seen(request, pk)
    require(request.user, "tasks.revoke_completion", duty)
    form = RevokeForm(request.POST)
    if form.carry_out(reviews.revoke, duty, by=request.user):
        messages.success(request, "已撤销办结，承办单位将看到原因。")
        return redirect("tasks:assignment", pk=pk)
    return _page(request, _seen(request, pk), form, form.status)
