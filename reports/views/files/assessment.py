"""Downloads of the assessment as Excel files."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from departments.models import Unit
from reports import assessment as assessments
from reports.exports.lists import assessment as files
from reports.filters import UnitFilter
from reports.models import Assessment, AssessmentRow
from wenshang_disclosure.core.web.errors import may, require
from wenshang_disclosure.core.web.evenings import on_evening

from .answers import as_file, export_scope


@login_required
@require_safe
@on_evening
def current(request):
    """Download the current scores shown at the same URL."""
    scope = export_scope(request)
    units = scope.cut(UnitFilter, Unit.objects.visible_to(request.user)).values_list("pk", flat=True)
    shown = set(units)
    scores = assessments.scores_in(scope, assessments.current(scope.plan))
    scores = [score for score in scores if score.unit_id in shown]
    ranked = may(request.user, "reports.see_current_ranks")
    return as_file(files.current(scores, scope, ranked=ranked), f"考核得分_{scope.as_of}.xlsx")


@login_required
@require_safe
def published(request, pk):
    """Download a published assessment, restricted to the units that the user may see."""
    require(request.user, "reports.export")
    one = get_object_or_404(Assessment.objects.select_related("plan", "published_by"), pk=pk)
    rows = AssessmentRow.objects.visible_to(request.user).filter(assessment=one).in_order_for(request.user)
    ranked = may(request.user, "reports.see_published_ranks")
    return as_file(files.published(one, rows, ranked=ranked), f"考核结果_{one.as_of}_{one.pk}.xlsx")
