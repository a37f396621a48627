"""Page of overdue duties, by unit and by task."""

from tasks.choices import Light
from tasks.filters import OverdueFilter
from tasks.tables import OverdueTable
from tasks.views.picking import PickingPage
from tasks.views.plan_page import WorkPage


class Overdue(PickingPage, WorkPage):
    """Overdue duties of all years, with summaries by unit and by task."""

    filter_class = OverdueFilter
    table_class = OverdueTable
    template_name = "tasks/supervision/overdue/list.html"
    fragment_name = "tasks/supervision/overdue/_content.html"

    def get_queryset(self):
        """Return the overdue duties that the user may see, longest first."""
        duties = self.scope.duties().filter(light=Light.OVERDUE)
        duties = duties.for_lists().select_related("plan").with_returned(self.request.user)
        return duties.order_by("days_left", "task__number", "unit__order", "pk")

    def get_context_data(self):
        """Add the summaries."""
        context = super().get_context_data()
        rows = context["rows"]
        return {
            **context,
            "by_unit": _longest_first(rows.light_counts("unit", "unit__name", "unit__order")),
            "by_task": _longest_first(rows.light_counts("task", "plan__year", "task__number", "task__requirement")),
        }


def _longest_first(sums):
    return sorted(sums, key=lambda row: (-row["late_by"], -row["overdue"]))
