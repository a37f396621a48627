"""Downloads of Word files as of a day: the bulletin and the draft of the annual report."""

from functools import partial

from django.shortcuts import get_object_or_404

from departments.models import Unit
from reports.choices import TemplateKind
from reports.exports.word import annual_report as annual_reports
from reports.exports.word import bulletin as bulletins
from reports.services import templates
from wenshang_disclosure.core.office.content_types import DOCX
from wenshang_disclosure.core.region import whole_region, worded
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.numbers import read_number

from .papers import Paper, download, export_scope

ONLY_WHOLE_COUNTY = worded("通报反映{whole}情况，由{office_short}、审核和审计人员导出。")


@download
def bulletin(asked):
    """Download the bulletin 《政务公开重点工作进展情况通报》 of the whole county."""
    require(asked.user, "reports.read_whole_county", sentence=ONLY_WHOLE_COUNTY)
    scope = export_scope(asked).issued()
    name = f"{scope.plan.year}年政务公开重点工作进展情况通报_{scope.as_of}.docx"
    return Paper(name, partial(_bulletin, scope), content_type=DOCX)


def _bulletin(scope):
    with templates.open_in_use(TemplateKind.BULLETIN) as template:
        return bulletins.bulletin(scope, template)


@download
def annual_report(asked):
    """Download the draft of the annual report of one unit, or of the whole county for roles that read everything."""
    unit = _unit(asked)
    scope = export_scope(asked).issued()
    name = (
        f"{unit.name if unit else whole_region()}{scope.plan.year}年政府信息公开工作年度报告（草稿）_{scope.as_of}.docx"
    )
    return Paper(name, partial(_annual_report, scope, unit), content_type=DOCX)


def _annual_report(scope, unit):
    with templates.open_in_use(TemplateKind.ANNUAL_REPORT) as template:
        return annual_reports.annual_report(scope, unit, template)


def _unit(asked):
    """Return the unit of `?unit=`; by default the user's own, or `None` (the county) for roles that read everything."""
    requested = asked.GET.get("unit", "")
    if not requested:
        return None if asked.user.reads_everything else asked.user.unit
    return get_object_or_404(Unit.objects.visible_to(asked.user), pk=read_number(requested))
