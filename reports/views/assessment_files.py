"""The assessment as Excel files."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from departments.models import Unit
from wenshang_disclosure.common.errors import require

from .. import assessment as assessments
from ..exports import assessment as files
from ..filters import UnitFilter
from ..models import Assessment, AssessmentRow
from .exports import XLSX, Asked


def _file(content, name):
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)


@login_required
@require_safe
def standing(request):
    """How units stand by the rubric: the rows that the page with the same address shows."""
    asked = Asked(request)
    units = asked.filtered(UnitFilter, Unit.objects.visible_to(request.user)).values_list("pk", flat=True)
    shown = set(units)
    scores = assessments.shown_to(request.user, asked.plan, asked.as_of, assessments.standing(asked.plan))
    scores = [score for score in scores if score.unit_id in shown]
    return _file(files.standing(scores, asked), f"考核得分_{asked.as_of}.xlsx")


@login_required
@require_safe
def published(request, pk):
    """One published assessment, of the units that the user may see."""
    require(request.user, "reports.export")
    one = get_object_or_404(Assessment.objects.select_related("plan", "published_by"), pk=pk)
    rows = AssessmentRow.objects.visible_to(request.user).filter(assessment=one)
    return _file(files.published(one, rows), f"考核结果_{one.as_of}_{one.pk}.xlsx")
