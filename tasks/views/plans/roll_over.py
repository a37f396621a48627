"""Pages for copying a plan to another year, and for comparing two plans."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tasks.forms.plans.roll_over import RollOverForm
from tasks.models import Plan
from tasks.services.plans import comparison
from tasks.services.plans import roll_over as rolling
from wenshang_disclosure.core.web.numbers import read_number

from .plans import for_readers, for_the_office


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


@for_readers
@require_safe
def compare(request, pk):
    """Show a plan beside another: that of `?with=`, else the one it was copied from, else that of an earlier year."""
    plan = get_object_or_404(Plan.objects.select_related("copied_from"), pk=pk)
    others = Plan.objects.exclude(pk=pk).order_by("-year", "-pk")
    other = _other(request.GET.get("with", ""), plan, others)
    kind = request.GET.get("kind", "")
    context = {"plan": plan, "other": other, "others": others, "kind": kind, "flags": rolling.flags(plan)}
    if other is not None:
        pairs = comparison.compare(other, plan)
        counts = [(name, label, sum(pair.kind == name for pair in pairs)) for name, label in comparison.KINDS.items()]
        shown = [pair for pair in pairs if pair.kind == kind] if kind in comparison.KINDS else pairs
        context |= {"counts": counts, "pairs": shown, "total": len(pairs), "labels": comparison.KINDS}
    return render(request, "tasks/plans/roll_over/compare.html", context)


def _other(parameter, plan, others):
    if parameter:
        found = others.filter(pk=read_number(parameter)).first()
        if found is None:
            raise Http404
        return found
    return plan.copied_from or others.filter(year__lt=plan.year).first()
