"""Page of the rules of automatic reminders and review of a plan."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tasks.forms.supervision.reminders import RulesForm
from tasks.models import Plan, SupervisionRules
from tasks.services.supervision import reminder_rules
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.working_days import unknown_years


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request, pk):
    """Edit the rules of reminders and review of a plan."""
    require(request.user, "tasks.manage_plan")
    plan = get_object_or_404(Plan.objects.issued(), pk=pk)
    current = SupervisionRules.of(plan)
    form = RulesForm(request.POST or None, rules=current)
    if request.method == "POST" and form.carry_out(reminder_rules.set_rules, plan, by=request.user):
        messages.success(request, "督办规则已保存，自下一次自动提醒起按此办理。")
        return redirect("tasks:reminder-rules", pk=pk)
    context = {"plan": plan, "form": form, "last_day": current.last_day}
    context["unknown_years"] = unknown_years(min(timezone.localdate(), current.last_day), current.last_day)
    return render(request, "tasks/supervision/reminder_rules/edit.html", context, status=form.status)
