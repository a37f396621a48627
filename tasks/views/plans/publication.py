"""Actions that publish a plan's page, and mark reports as public on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tasks.models import Plan, ProgressReport
from tasks.services.plans import publication
from wenshang_disclosure.core.web.errors import require


@login_required
@require_POST
def open_page(request, pk):
    """Publish the plan's page."""
    publication.open_page(_plan(request, pk), by=request.user)
    messages.success(request, "公开页面已开放，任何人不用登录即可查看。")
    return redirect("tasks:plan", pk=pk)


@login_required
@require_POST
def close_page(request, pk):
    """Withdraw the plan's page."""
    publication.close_page(_plan(request, pk), by=request.user)
    messages.success(request, "公开页面已关闭。")
    return redirect("tasks:plan", pk=pk)


@login_required
@require_POST
def show(request, pk):
    """Mark an approved report as public."""
    report = publication.show(_report(request, pk), by=request.user)
    messages.success(request, "该报告的“进展情况”已对外公开。")
    return _back_to(report)


@login_required
@require_POST
def hide(request, pk):
    """Remove the public mark of a report."""
    report = publication.hide(_report(request, pk), by=request.user)
    messages.success(request, "该报告已取消公开。")
    return _back_to(report)


def _plan(request, pk):
    require(request.user, "tasks.publish", sentence=publication.NOT_THE_OFFICE)
    return get_object_or_404(Plan.objects.visible_to(request.user), pk=pk)


def _report(request, pk):
    return get_object_or_404(ProgressReport.objects.visible_to(request.user).submitted(), pk=pk)


def _back_to(report):
    return redirect(f"{reverse('tasks:assignment', args=[report.assignment_id])}#report-{report.pk}")
