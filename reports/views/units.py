"""Units and how they stand; one unit's ledger."""

from django.shortcuts import get_object_or_404

from departments.choices import UnitKind
from departments.models import Unit
from reports import figures
from reports.filters import UnitFilter
from reports.tables import UnitTable
from tasks.filters import AssignmentFilter
from tasks.tables import AssignmentTable
from tasks.views.picking import PickingPage
from tasks.views.plan_page import PlanPage


def unit_rows(scope, units):
    """Return the figures of those of `units` that the person may see, the best first."""
    duties = scope.duties()
    seen = Unit.objects.visible_to(scope.user).filter(pk__in=units.values("pk"))
    rows = figures.by_unit(figures.counted(duties.filter(unit__in=seen)))
    for row in rows:
        row["kind"] = UnitKind(row["unit__kind"]).label
    return rows


class UnitList(PlanPage):
    """Every unit that the user may see, with its figures."""

    filter_class = UnitFilter
    table_class = UnitTable
    template_name = "reports/units/list.html"

    def get_queryset(self):
        """Return the units; their figures are counted once they are filtered."""
        return Unit.objects.visible_to(self.request.user)

    def get_rows(self, units):
        """Return the figures of the filtered units."""
        return unit_rows(self.scope, units)


class UnitLedger(PickingPage, PlanPage):
    """One unit's duties with their lights."""

    filter_class = AssignmentFilter
    table_class = AssignmentTable
    template_name = "reports/units/ledger.html"
    fragment_name = "tasks/progress/assignments/_content.html"

    def prepare(self):
        """Find the unit, 404 where the user may not see it."""
        self.unit = get_object_or_404(Unit.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        self.duties = self.scope.duties().filter(unit=self.unit)
        if self.scope.as_of_error:
            self.duties = self.duties.none()

    def get_queryset(self):
        """Return the unit's duties."""
        return self.duties.for_lists().most_urgent_first()

    def get_context_data(self):
        """Add the unit and its figures."""
        return {**super().get_context_data(), "unit": self.unit, "totals": figures.totals(figures.counted(self.duties))}
