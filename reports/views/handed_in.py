"""What was handed in, as of a day: the list behind the figures of reports, and the same as a file."""

from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_safe

from tasks.views.plans import PlanPage
from wenshang_disclosure.common.pages import ListPage

from .. import figures
from ..exports import handed_in as files
from ..filters import HandedInFilter
from ..tables import HandedInTable
from .exports import Asked, _file


def _latest_first(user, plan, as_of):
    return figures.handed_in(user, plan, as_of).for_lists().order_by("-handed_in_at", "-pk")


class HandedIn(PlanPage, ListPage):
    """Reports that stood handed in on that evening, the latest first."""

    filter_class = HandedInFilter
    table_class = HandedInTable
    template_name = "reports/handed_in/list.html"

    def get_queryset(self):
        """Give what was handed in on duties that the user may see."""
        return _latest_first(self.request.user, self.plan, self.as_of)


@login_required
@require_safe
def export(request):
    """The filtered list as an Excel file."""
    asked = Asked(request)
    rows = asked.filtered(HandedInFilter, _latest_first(request.user, asked.plan, asked.as_of))
    rows = asked.sorted(HandedInTable, rows)
    return _file(files.handed_in(rows, asked), f"报送情况_{asked.as_of}.xlsx")
