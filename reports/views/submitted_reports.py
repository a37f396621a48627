"""List of reports submitted as of a day, and its download."""

from functools import partial

from reports import lists
from reports.exports.lists import submitted_reports as files
from reports.filters import SubmittedReportsFilter
from reports.tables import SubmittedReportsTable
from reports.views.files.papers import Paper, download, export_scope, rows_of
from tasks.views.plan_page import PlanPage


class SubmittedReports(PlanPage):
    """Reports that were submitted by the end of a day, latest first."""

    list = lists.SUBMITTED_REPORTS
    template_name = "reports/submitted_reports/list.html"


@download
def export(asked):
    """Download the filtered list as an Excel file."""
    scope = export_scope(asked)
    rows = scope.cut(SubmittedReportsFilter, lists.SUBMITTED_REPORTS.rows(scope))
    rows = scope.sorted(SubmittedReportsTable, rows)
    return Paper(f"报送情况_{scope.as_of}.xlsx", partial(files.submitted, rows, scope), rows_of(rows))
