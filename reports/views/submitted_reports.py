"""List of reports submitted as of a day, and its download."""

from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_safe

from reports import lists
from reports.exports.lists import submitted_reports as files
from reports.views.files.lists import of_list
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.web.evenings import on_evening


class SubmittedReports(PlanPage):
    """Reports that were submitted by the end of a day, latest first."""

    list = lists.SUBMITTED_REPORTS
    template_name = "reports/submitted_reports/list.html"


@login_required
@require_safe
@on_evening
def export(request):
    """Download the filtered list as an Excel file."""
    return of_list(request, lists.SUBMITTED_REPORTS, files.submitted)
