"""Pages for issuing a plan, picking units for 有关部门, and amending rows after issue."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tasks.choices import PlanState
from tasks.forms.plans.drafts import with_reading
from tasks.forms.plans.issuing import AmendForm, IssueForm, PickForm, units_by_kind
from tasks.models import Designation, Extension, Plan, Task
from tasks.services.plans import amendments, assignments, issuing
from tasks.services.plans import issuing as plans
from tasks.services.plans.drafting import seen_task
from wenshang_disclosure.core.web.errors import require


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request, pk):
    """Show the duties of each unit and the obstacles, or issue the plan."""
    require(request.user, "tasks.manage_plan")
    plan = get_object_or_404(Plan, pk=pk)
    if plan.state != PlanState.DRAFT and request.method != "POST":
        return redirect("tasks:plan", pk=pk)
    initial = _days(plan)
    form = IssueForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.carry_out(plans.issue, plan, by=request.user):
        duties = form.outcome.assignments.count()
        messages.success(request, f"已印发，共产生{duties}件承办事项，并已通知各承办单位。")
        return redirect("tasks:plan", pk=pk)
    context = {
        "plan": plan,
        "form": form,
        "faults": plans.faults(plan),
        "prospect": issuing.prospect(plan, plan.issued_on or timezone.localdate()),
    }
    return render(request, "tasks/plans/issue.html", context, status=form.status)


def _days(plan):
    """Return what the form of the issue begins with; a plan from before is used from today (启用日期)."""
    today = timezone.localdate()
    about = {"issued_on": plan.issued_on or today, "document_number": plan.document_number}
    if about["issued_on"] >= today:
        return about
    return {**about, "used_from": today, "catch_up_by": assignments.late_start(today)}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def resolve(request, pk):
    """Show the entries that name nobody by themselves, or pick units for several of them."""
    require(request.user, "tasks.manage_plan")
    plan = get_object_or_404(Plan, pk=pk)
    form = PickForm(request.POST if request.method == "POST" else None, plan=plan)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        assignments.pick_for_rows(
            chosen["designations"],
            chosen["units"],
            by=request.user,
            on=timezone.localdate(),
            adding=chosen["adding"],
        )
        messages.success(request, f"已为{len(chosen['designations'])}处明确单位。")
        return redirect("tasks:resolve", pk=pk)
    entries = Designation.objects.to_pick_for(plan)
    entries = entries.select_related("task", "collective").prefetch_related("picked_units")
    context = {
        "plan": plan,
        "form": form,
        "entries": entries.order_by("task__number", "role", "order", "pk"),
        "groups": units_by_kind(),
        "chosen": set(request.POST.getlist("designations")),
        "picked": set(request.POST.getlist("units")),
    }
    return render(request, "tasks/plans/resolve.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request, pk):
    """Amend a row after issue, with a reason."""
    require(request.user, "tasks.manage_plan")
    rows = Task.objects.standing().with_designations().filter(plan__state=PlanState.ISSUED)
    task = get_object_or_404(rows, pk=pk)
    data, action = request.POST if request.method == "POST" else None, request.POST.get("action")
    if action == "take":
        data = with_reading(data, task.plan.year)
    form = AmendForm(data, plan=task.plan, task=task, offers=action not in ("take", "keep"))
    if request.method == "POST" and form.carry_out(amendments.amend, task, by=request.user):
        messages.success(request, "已调整，所涉及单位的流转记录中已写明。")
        return redirect("tasks:task", pk=pk)
    task = rows.get(pk=pk)
    written = getattr(form, "cleaned_data", {})
    extended = amendments.extended_duties(task, written, replace=written.get("replace_extensions", False))
    form.seen_anew(seen_task(task), amendments.mark_of(extended))
    context = {
        "task": task,
        "plan": task.plan,
        "form": form,
        "extended": extended,
        "prolonged": amendments.prolonged(task),
        "waiting": Extension.objects.waiting().filter(assignment__task=task).select_related("assignment__unit"),
        "amendments": task.amendments.select_related("by"),
    }
    return render(request, "tasks/plans/amend.html", context, status=form.status)
