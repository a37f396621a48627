"""List of reports submitted as of a day, and its download."""

from reports import lists
from reports.exports.lists import submitted_reports as files
from reports.views.files.lists import of_list
from reports.views.files.papers import download
from tasks.views.plan_page import PlanPage


class SubmittedReports(PlanPage):
    """Reports that were submitted by the end of a day, latest first."""

    list = lists.SUBMITTED_REPORTS
    template_name = "reports/submitted_reports/list.html"


@download
def export(asked):
    """Download the filtered list as an Excel file."""
    return of_list(asked, lists.SUBMITTED_REPORTS, files.submitted)
