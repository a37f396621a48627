"""Page of overdue duties, by unit and by task."""

from tasks import lists
from tasks.views.picking import PickingPage
from tasks.views.plan_page import PlanPage


class Overdue(PickingPage, PlanPage):
    """Overdue duties of all years, with summaries by unit and by task."""

    list = lists.OVERDUE
    template_name = "tasks/supervision/overdue/list.html"
    fragment_name = "tasks/supervision/overdue/_content.html"

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
