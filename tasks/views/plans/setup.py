"""Pages of the way to the first issued plan: the six steps, and the units that an imported table names."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tasks.choices import ImportState
from tasks.forms.plans.import_units import OfferedUnitsForm
from tasks.models import PlanImport
from tasks.services.plans import import_units, trial
from wenshang_disclosure.core.web.errors import require

from . import setup_steps
from .plans import for_the_office


@login_required
@require_safe
def page(request):
    """Show how far the six steps are done, and the next one."""
    require(request.user, "departments.name_region", sentence="开通准备由系统管理员办理。")
    steps = setup_steps.steps()
    left = sum(not step.is_done for step in steps)
    context = {"steps": steps, "left": left, "may_load_demo": trial.is_empty_trial()}
    return render(request, "tasks/plans/setup/page.html", context)


@for_the_office
@require_http_methods(["GET", "HEAD", "POST"])
def units(request, pk):
    """Offer the units that a table names and the register does not know, and register what was chosen."""
    plan_import = get_object_or_404(PlanImport, pk=pk)
    if plan_import.state != ImportState.READ:
        return redirect("tasks:import-file", pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = OfferedUnitsForm(sent, offers=import_units.offered(plan_import))
    if sent is not None and form.carry_out(import_units.take, plan_import, by=request.user):
        made, collectives = form.outcome
        messages.success(request, f"已登记{made}个单位、{collectives}个统称。")
        return redirect("tasks:import-file", pk=pk)
    context = {"plan_import": plan_import, "form": form}
    return render(request, "tasks/plans/setup/units.html", context, status=form.status)
