"""The workbook for the leaders (年度汇总), whole and sheet by sheet: of what the user may see."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from reports.exports import workbook
from tasks.filters import AssignmentFilter
from tasks.models import Assignment

from .lists import XLSX, Asked


class AskedOfYear(Asked):
    """What the address asks for, with the duties that it leaves."""

    def __init__(self, request):
        """Read plan, day and filter; raises `Malformed`."""
        super().__init__(request)
        self.user = request.user
        ever = Assignment.objects.visible_to(self.user).filter(plan=self.plan).with_light(self.as_of)
        self.ever = self.filtered(AssignmentFilter, ever)
        self.shown = self.filtered(AssignmentFilter, self.duties())


def _file(scope, name, sheets):
    content = workbook.write(scope, sheets)
    file_name = f"{scope.plan.year}年{name}_{scope.as_of}.xlsx"
    return FileResponse(content, as_attachment=True, filename=file_name, content_type=XLSX)


@login_required
@require_safe
def summary(request):
    """All sheets in one workbook."""
    return _file(AskedOfYear(request), "年度汇总", tuple(workbook.SheetName))


@login_required
@require_safe
def summary_sheet(request, name):
    """One sheet alone."""
    if name not in workbook.SheetName.values:
        raise Http404
    sheet = workbook.SheetName(name)
    return _file(AskedOfYear(request), sheet.label, (sheet,))
