"""Page of overdue duties, by unit and by task."""

from tasks import lists
from tasks.views.picking import PickingPage
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.web.errors import may


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
            "by_unit": self._in_order(rows.light_counts("unit", "unit__name", "unit__order")),
            "by_task": sorted(
                rows.light_counts("task", "plan__year", "task__number", "task__requirement"), key=_longest_first
            ),
        }

    def _in_order(self, units):
        """Return the units with the longest overdue first, as in the register where units are not ranked."""
        ranked = may(self.request.user, "tasks.see_slow_units_first")
        return sorted(units, key=_longest_first if ranked else lambda row: (row["unit__order"], row["unit"]))


def _longest_first(row):
    return -row["late_by"], -row["overdue"]
