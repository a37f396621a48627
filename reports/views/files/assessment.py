"""Downloads of the assessment as Excel files."""

from functools import partial

from django.shortcuts import get_object_or_404

from departments.models import Unit
from reports import assessment as assessments
from reports.exports.lists import assessment as files
from reports.filters import UnitFilter
from reports.models import Assessment, AssessmentRow
from wenshang_disclosure.core.web.errors import may, require

from .papers import Paper, download, download_of_today, export_scope


@download
def current(asked):
    """Download the current scores shown at the same URL."""
    scope = export_scope(asked)
    units = scope.cut(UnitFilter, Unit.objects.visible_to(asked.user)).values_list("pk", flat=True)
    shown = set(units)
    scores = assessments.scores_in(scope, assessments.current(scope.plan))
    scores = [score for score in scores if score.unit_id in shown]
    ranked = may(asked.user, "reports.see_current_ranks")
    return Paper(f"考核得分_{scope.as_of}.xlsx", partial(files.current, scores, scope, ranked=ranked))


@download_of_today
def published(asked, pk):
    """Download a published assessment, restricted to the units that the user may see."""
    require(asked.user, "reports.export")
    one = get_object_or_404(Assessment.objects.select_related("plan", "published_by"), pk=pk)
    rows = AssessmentRow.objects.visible_to(asked.user).filter(assessment=one).in_order_for(asked.user)
    ranked = may(asked.user, "reports.see_published_ranks")
    return Paper(f"考核结果_{one.as_of}_{one.pk}.xlsx", partial(files.published, one, rows, ranked=ranked))
