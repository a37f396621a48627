"""List of units with their figures."""

from reports import lists
from tasks.views.plan_page import PlanPage


class UnitList(PlanPage):
    """Units that the user may see, with their figures."""

    list = lists.UNITS
    template_name = "reports/units/list.html"
