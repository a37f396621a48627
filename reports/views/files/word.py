"""Word files as of a day: the bulletin, and what goes into the annual report."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from departments.models import Unit
from reports.choices import TemplateKind
from reports.exports.word import annual_report as annual_reports
from reports.exports.word import bulletin as bulletins
from reports.services import templates
from wenshang_disclosure.core.web.errors import require

from .lists import DOCX, Asked, Malformed

ONLY_WHOLE_COUNTY = "通报反映全县情况，由县政府办公室、审核和审计人员导出。"


class AskedOfIssued(Asked):
    """Plan and day of the address; before the plan was issued there is nothing to tell."""

    def __init__(self, request):
        """Read plan and day; raises `Malformed`."""
        super().__init__(request)
        issued = self.plan.issued_on
        if self.as_of < issued:
            raise Malformed(
                f"《{self.plan.title}》于{issued.year}年{issued.month}月{issued.day}日印发，截至日期不能早于印发日期。"
            )


@login_required
@require_safe
def bulletin(request):
    """《政务公开重点工作进展情况通报》 of the whole county."""
    require(request.user, "reports.read_whole_county", sentence=ONLY_WHOLE_COUNTY)
    scope = AskedOfIssued(request)
    with templates.open_in_use(TemplateKind.BULLETIN) as template:
        content = bulletins.bulletin(scope.plan, scope.as_of, request.user, template)
    return _file(content, f"{scope.plan.year}年政务公开重点工作进展情况通报_{scope.as_of}.docx")


@login_required
@require_safe
def annual_report(request):
    """What goes into the annual report of one unit, or of the whole county for who reads it."""
    unit = _asked_unit(request)
    scope = AskedOfIssued(request)
    with templates.open_in_use(TemplateKind.ANNUAL_REPORT) as template:
        content = annual_reports.annual_report(scope.plan, scope.as_of, request.user, unit, template)
    whose = unit.name if unit else "全县"
    return _file(content, f"{whose}{scope.plan.year}年政府信息公开工作年度报告（草稿）_{scope.as_of}.docx")


def _asked_unit(request):
    """Return the unit of `?unit=`; without it the own one, `None` (the county) for who reads everything."""
    pk = request.GET.get("unit", "")
    if not pk:
        return None if request.user.reads_everything else request.user.unit
    if not (pk.isdecimal() and len(pk) < 16):
        raise Http404
    return get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)


def _file(content, name):
    return FileResponse(content, as_attachment=True, filename=name, content_type=DOCX)
