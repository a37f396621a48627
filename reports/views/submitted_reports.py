"""What was handed in, as of a day: the list behind the figures of reports, and the same as a file."""

from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_safe

from reports import figures
from reports.exports.lists import submitted_reports as files
from reports.filters import HandedInFilter
from reports.tables import HandedInTable
from reports.views.files.lists import Asked, _file
from tasks.views.chosen_plan import PlanPage
from wenshang_disclosure.core.web.pages import ListPage


def _latest_first(user, plan, as_of):
    return figures.submitted(user, plan, as_of).for_lists().order_by("-submitted_at_then", "-pk")


class SubmittedReports(PlanPage, ListPage):
    """Reports that stood handed in on that evening, the latest first."""

    filter_class = HandedInFilter
    table_class = HandedInTable
    template_name = "reports/submitted_reports/list.html"

    def get_queryset(self):
        """Return what was handed in on duties that the user may see."""
        return _latest_first(self.request.user, self.plan, self.as_of)


@login_required
@require_safe
def export(request):
    """The filtered list as an Excel file."""
    scope = Asked(request)
    rows = scope.filtered(HandedInFilter, _latest_first(request.user, scope.plan, scope.as_of))
    rows = scope.sorted(HandedInTable, rows)
    return _file(files.submitted(rows, scope), f"报送情况_{scope.as_of}.xlsx")
