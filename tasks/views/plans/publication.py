"""Pages that ask before a plan's page is published or a report is marked as public, and before either is taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tasks.models import Plan, ProgressReport, Task
from tasks.services.plans import publication
from wenshang_disclosure.core.web.errors import require

ASKS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(ASKS)
def open_page(request, pk):
    """Say what the public will see of a plan, and publish its page."""
    plan = _plan(request, pk)
    if request.method == "POST":
        publication.open_page(plan, by=request.user)
        messages.success(request, "公开页面已开放，任何人不用登录即可查看。")
        return redirect("tasks:plan", pk=pk)
    return _ask(request, "open_page", plan)


@login_required
@require_http_methods(ASKS)
def close_page(request, pk):
    """Say what the public will not see any more, and withdraw the plan's page."""
    plan = _plan(request, pk)
    if request.method == "POST":
        publication.close_page(plan, by=request.user)
        messages.success(request, "公开页面已关闭。")
        return redirect("tasks:plan", pk=pk)
    return _ask(request, "close_page", plan)


def _ask(request, name, plan):
    now = Plan.objects.open_in(plan.year)
    context = {
        "plan": plan,
        "address": request.build_absolute_uri(reverse("reports:public", args=[plan.year])),
        "tasks_number": Task.objects.filter(plan=plan).count(),
        "reports_number": ProgressReport.objects.filter(assignment__plan=plan, is_public=True).count(),
        "other": now if now != plan else None,
    }
    return render(request, f"tasks/plans/publication/{name}.html", context)


@login_required
@require_http_methods(ASKS)
def show(request, pk):
    """Show an approved report as the public will see it, and mark it as public."""
    report = _report(request, pk)
    if request.method == "POST":
        publication.show(report, by=request.user)
        messages.success(request, f"{report.assignment.unit}的“进展情况”已对外公开。")
        return _back_to(report)
    publication.check(report)
    context = {"report": report, "personal": publication.personal_data_in(report)}
    return render(request, "tasks/plans/publication/show.html", context)


@login_required
@require_http_methods(ASKS)
def hide(request, pk):
    """Ask before the public mark of a report is removed, and remove it."""
    report = _report(request, pk)
    if request.method == "POST":
        publication.hide(report, by=request.user)
        messages.success(request, f"{report.assignment.unit}的报告已取消公开。")
        return _back_to(report)
    return render(request, "tasks/plans/publication/hide.html", {"report": report})


def _plan(request, pk):
    require(request.user, "tasks.publish", sentence=publication.NOT_THE_OFFICE)
    return get_object_or_404(Plan.objects.visible_to(request.user), pk=pk)


def _report(request, pk):
    reports = ProgressReport.objects.visible_to(request.user).submitted()
    report = get_object_or_404(reports.select_related("assignment__unit", "assignment__task__plan"), pk=pk)
    require(request.user, "tasks.publish", sentence=publication.NOT_THE_OFFICE)
    return report


def _back_to(report):
    return redirect(f"{reverse('tasks:assignment', args=[report.assignment_id])}#report-{report.pk}")
