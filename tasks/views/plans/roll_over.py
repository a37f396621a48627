"""Page for copying a plan to another year."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tasks.forms.plans.roll_over import RollOverForm
from tasks.models import Plan
from tasks.services.plans import roll_over as rolling

from .plans import for_the_office


@for_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def roll_over(request, pk):
    """Show what would be copied and moved and what to check, or copy the plan."""
    plan = get_object_or_404(Plan, pk=pk)
    form = RollOverForm(request.POST if request.method == "POST" else None, plan=plan)
    if request.method == "POST" and form.carry_out(rolling.roll_over, plan, by=request.user):
        copy = form.outcome
        messages.success(
            request, f"已复制为{copy.year}年拟制稿，共{copy.tasks.count()}项任务，请核对以下提示后逐项修改。"
        )
        return redirect(f"{reverse('tasks:compare', args=[copy.pk])}?with={plan.pk}")
    context = {
        "plan": plan,
        "form": form,
        "moves": rolling.moves(plan, plan.year + 1),
        "flags": rolling.flags(plan, plan.year + 1),
        "copies": plan.copies.order_by("-pk"),
        "row_count": plan.tasks.standing().count(),
    }
    return render(request, "tasks/plans/roll_over/form.html", context, status=form.status)
