"""Downloads of the annual workbook (年度汇总), whole or by sheet, restricted to what the user may see."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.views.decorators.http import require_safe

from reports.exports import workbook
from tasks.filters import AssignmentFilter
from tasks.models import Assignment
from wenshang_disclosure.core.web.evenings import on_evening

from .answers import as_file, export_scope


def _workbook(request, name, sheets):
    """Return the sheets as a file: duties that count on that day, and all duties ever for the reports."""
    scope = export_scope(request)
    ever = Assignment.objects.visible_to(scope.user).filter(plan=scope.plan).with_light(scope.as_of)
    ever = scope.cut(AssignmentFilter, ever)
    shown = scope.cut(AssignmentFilter, scope.duties())
    content = workbook.write(scope, shown, ever, sheets)
    return as_file(content, f"{scope.plan.year}年{name}_{scope.as_of}.xlsx")


@login_required
@require_safe
@on_evening
def summary(request):
    """Download all sheets."""
    return _workbook(request, "年度汇总", tuple(workbook.SheetName))


@login_required
@require_safe
@on_evening
def summary_sheet(request, name):
    """Download one sheet. Raises `Http404` for an unknown name."""
    if name not in workbook.SheetName.values:
        raise Http404
    sheet = workbook.SheetName(name)
    return _workbook(request, sheet.label, (sheet,))
