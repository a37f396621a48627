"""Downloads of Word files as of a day: the bulletin and the draft of the annual report."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from departments.models import Unit
from reports.choices import TemplateKind
from reports.exports.word import annual_report as annual_reports
from reports.exports.word import bulletin as bulletins
from reports.services import templates
from wenshang_disclosure.core.region import whole_region, worded
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.evenings import on_evening
from wenshang_disclosure.core.web.numbers import read_number

from .answers import DOCX, as_file, export_scope

ONLY_WHOLE_COUNTY = worded("通报反映{whole}情况，由{office_short}、审核和审计人员导出。")


@login_required
@require_safe
@on_evening
def bulletin(request):
    """Download the bulletin 《政务公开重点工作进展情况通报》 of the whole county."""
    require(request.user, "reports.read_whole_county", sentence=ONLY_WHOLE_COUNTY)
    scope = export_scope(request).issued()
    with templates.open_in_use(TemplateKind.BULLETIN) as template:
        content = bulletins.bulletin(scope, template)
    return as_file(content, f"{scope.plan.year}年政务公开重点工作进展情况通报_{scope.as_of}.docx", DOCX)


@login_required
@require_safe
@on_evening
def annual_report(request):
    """Download the draft of the annual report of one unit, or of the whole county for roles that read everything."""
    unit = _unit(request)
    scope = export_scope(request).issued()
    with templates.open_in_use(TemplateKind.ANNUAL_REPORT) as template:
        content = annual_reports.annual_report(scope, unit, template)
    whose = unit.name if unit else whole_region()
    return as_file(content, f"{whose}{scope.plan.year}年政府信息公开工作年度报告（草稿）_{scope.as_of}.docx", DOCX)


def _unit(request):
    """Return the unit of `?unit=`; by default the user's own, or `None` (the county) for roles that read everything."""
    requested = request.GET.get("unit", "")
    if not requested:
        return None if request.user.reads_everything else request.user.unit
    return get_object_or_404(Unit.objects.visible_to(request.user), pk=read_number(requested))
