"""Pages of plans: the list, one plan as on paper, and its description; for the office, the auditor reads (design: Who
may do what).
"""

from datetime import timedelta
from functools import wraps
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Count, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tasks.choices import PlanState
from tasks.forms.plans.drafts import AboutForm, JustSeenForm
from tasks.models import Assignment, Designation, Plan, Section, Task
from tasks.services.plans import draft_plans
from tasks.services.plans.drafting import place_of, seen_plan
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, may, require

from .tasks import as_on_paper

NOT_THE_OFFICE = worded("分解表由{office_short}工作人员拟制和管理。")


def _guarded_by(permission):
    def decorated(view):
        @login_required
        @wraps(view)
        def guarded(request, *args, **kwargs):
            require(request.user, permission, sentence=NOT_THE_OFFICE)
            return view(request, *args, **kwargs)

        return guarded

    return decorated


for_the_office = _guarded_by("tasks.manage_plan")
"""Require login and the permission to manage plans; everybody else gets 403, whatever the address names."""
for_readers = _guarded_by("tasks.read_plans")
"""The same for pages that show plans, drafts too, and change nothing."""


def require_draft(plan):
    """Raise `Conflict` unless the plan is a draft."""
    if plan.state != PlanState.DRAFT:
        raise Conflict(
            "该分解表已撤回印发，只供查阅。"
            if plan.state == PlanState.WITHDRAWN
            else "该分解表已经印发，不能在这里修改；印发后的改动请逐项调整。"
        )


def _count_of(records, plan="plan"):
    counted = records.order_by().filter(**{plan: OuterRef("pk")}).values(plan).annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count")), 0)


@for_readers
@require_safe
def plans(request):
    """List all plans, drafts first and withdrawn ones last, with their numbers of rows and unresolved entries."""
    by_state = Case(When(state=PlanState.DRAFT, then=0), When(state=PlanState.WITHDRAWN, then=2), default=1)
    listed = (
        Plan.objects.of_their_own()
        .annotate(
            row_count=_count_of(Task.objects.standing()),
            unresolved_count=_count_of(Designation.objects.unresolved(), "task__plan"),
            duty_count=_count_of(Assignment.objects.owed()),
        )
        .order_by(by_state, "-year", "-pk")
    )
    return render(request, "tasks/plans/list.html", {"listed": listed})


@for_readers
@require_safe
def detail(request, pk):
    """Show the table as on paper; to the office a draft with links for editing."""
    manages = may(request.user, "tasks.manage_plan")
    plan = get_object_or_404(Plan, pk=pk)
    supplement = plan.supplement_drafts().first()
    if supplement:
        return redirect("tasks:supplement", pk=supplement.pk)
    tasks = list(plan.tasks.standing().with_designations().with_supplements().as_printed())
    context = {
        "plan": plan,
        "manages": manages,
        "is_draft": manages and plan.state == PlanState.DRAFT,
        "parts": with_empty_headings(plan, tasks),
        "supplements": plan.supplements.visible_to(request.user).for_lists(),
        "row_count": len(tasks),
        "last_evening": _last_evening(plan),
        "unresolved": [task for task in tasks if task.is_unresolved],
        "nameless": [task for task in tasks if not task.designations.all()],
        "undated": [task for task in tasks if not (task.due_on or task.recurrence)],
        "early": [task for task in tasks if task.due_on and task.due_on.year < plan.year],
    }
    return render(request, "tasks/plans/detail.html", context)


def _last_evening(plan):
    """Return the last evening on which the duties of a withdrawn plan were owed, `None` where there was none."""
    if plan.state != PlanState.WITHDRAWN:
        return None
    before = timezone.localdate(plan.withdrawn_at) - timedelta(days=1)
    return before if before >= plan.issued_on else None


def with_empty_headings(plan, tasks):
    """Return `[(part, [(section, rows)])]`, including headings without rows."""
    rows_of = {}
    for _, rows in as_on_paper(tasks, {}):
        for row in rows:
            row["place"] = place_of(row["task"])
            rows_of.setdefault(row["section"].pk, []).append(row)
    sections = Section.objects.filter(part__plan=plan).order_by("part__order", "order")
    sections_of = {part: list(found) for part, found in groupby(sections, key=lambda section: section.part_id)}
    return [
        (part, [(section, rows_of.get(section.pk, [])) for section in sections_of.get(part.pk, [])])
        for part in plan.parts.order_by("order")
    ]


@for_the_office
def new_plan(request):
    """Create an empty draft."""
    form = AboutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carry_out(draft_plans.begin, by=request.user):
        messages.success(request, "已新建分解表，请先新增部分和工作任务，再逐项填写。")
        return redirect("tasks:plan", pk=form.outcome.pk)
    return render(request, "tasks/plans/about.html", {"form": form}, status=form.status)


@for_the_office
def about(request, pk):
    """Edit the description of a draft."""
    plan = get_object_or_404(Plan, pk=pk)
    if request.method != "POST":
        require_draft(plan)
        form = AboutForm(plan=plan)
        form.seen_anew(seen_plan(plan))
        return render(request, "tasks/plans/about.html", {"form": form, "plan": plan})
    form = AboutForm(request.POST, plan=plan)
    if form.carry_out(draft_plans.describe, plan, by=request.user):
        messages.success(request, "基本信息已保存。")
        return redirect("tasks:plan", pk=plan.pk)
    stands = Plan.objects.get(pk=pk)
    form.seen_anew(seen_plan(stands))
    context = {"form": form, "plan": stands, "stands": form.status == Conflict.status}
    return render(request, "tasks/plans/about.html", context, status=form.status)


@for_the_office
def delete_plan(request, pk):
    """Delete a draft with everything in it, after confirmation."""
    plan = get_object_or_404(Plan, pk=pk)
    form = JustSeenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.carry_out(draft_plans.discard, plan, by=request.user):
        messages.success(request, f"已删除《{plan.title}》的拟制稿。")
        return redirect("tasks:plans")
    if request.method != "POST":
        require_draft(plan)
    form.seen_anew(draft_plans.seen_contents(plan))
    context = {"form": form, "plan": plan, "row_count": plan.tasks.count()}
    return render(request, "tasks/plans/delete.html", context, status=form.status)
