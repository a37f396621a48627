"""List of units with their figures."""

from departments.choices import UnitKind
from departments.models import Unit
from reports import figures
from reports.filters import UnitFilter
from reports.tables import UnitTable
from tasks.views.plan_page import PlanPage
from wenshang_disclosure.core.web.errors import may


def unit_rows(scope, units):
    """Return the figures of those of `units` that the user may see, best first where units are ranked."""
    duties = scope.duties()
    seen = Unit.objects.visible_to(scope.user).filter(pk__in=units.values("pk"))
    ranked = may(scope.user, "reports.see_current_ranks")
    rows = figures.by_unit(figures.counted(duties.filter(unit__in=seen)), ranked=ranked)
    for row in rows:
        row["kind"] = UnitKind(row["unit__kind"]).label
    return rows


class UnitList(PlanPage):
    """Units that the user may see, with their figures."""

    filter_class = UnitFilter
    table_class = UnitTable
    template_name = "reports/units/list.html"

    def get_queryset(self):
        """Return the units; figures are counted after filtering."""
        return Unit.objects.visible_to(self.request.user)

    def get_rows(self, units):
        return unit_rows(self.scope, units)
