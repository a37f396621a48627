"""Downloads of the annual workbook (年度汇总), whole or by sheet, restricted to what the user may see."""

from functools import partial

from django.http import Http404

from reports.exports import workbook
from tasks.filters import AssignmentFilter
from tasks.models import Assignment

from .papers import Paper, download, export_scope, rows_of


def _workbook(asked, name, sheets):
    """Return the paper of the sheets: duties that count on that day, and all duties ever for the reports."""
    scope = export_scope(asked)
    ever = Assignment.objects.visible_to(scope.user).filter(plan=scope.plan).with_light(scope.as_of)
    ever = scope.cut(AssignmentFilter, ever)
    shown = scope.cut(AssignmentFilter, scope.duties())
    write = partial(workbook.write, scope, shown, ever, sheets)
    count = rows_of(*workbook.lists(scope, shown, ever, sheets))
    return Paper(f"{scope.plan.year}年{name}_{scope.as_of}.xlsx", write, count)


@download
def summary(asked):
    """Download all sheets."""
    return _workbook(asked, "年度汇总", tuple(workbook.SheetName))


@download
def summary_sheet(asked, name):
    """Download one sheet. Raises `Http404` for an unknown name."""
    if name not in workbook.SheetName.values:
        raise Http404
    sheet = workbook.SheetName(name)
    return _workbook(asked, sheet.label, (sheet,))
