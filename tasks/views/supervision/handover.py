"""Page of what stands in the user's unit (交接清单)."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.services.supervision import handover as standing
from wenshang_disclosure.core.web.errors import require

ONLY_UNITS = "交接清单由各单位的联络员和分管领导查看。"


@login_required
@require_safe
def handover(request):
    """List returned reports, reminders, drafts and overdue duties of the unit, each with a link."""
    require(request.user, "tasks.see_handover", sentence=ONLY_UNITS)
    groups = standing.of_unit(request.user.unit)
    duties = (getattr(row, "assignment", row) for _, rows in groups for row in rows)
    several_years = len({duty.plan.year for duty in duties}) > 1
    context = {"groups": groups, "unit": request.user.unit, "several_years": several_years}
    return render(request, "tasks/supervision/handover.html", context)
