"""The lists of reports and of units: one definition for their page, their file, saved views and mails."""

from departments.choices import UnitKind
from departments.models import Unit
from tasks.scope import Scope
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.lists import List, register

from . import figures
from .filters import SubmittedReportsFilter, UnitFilter
from .tables import RankedUnitTable, SubmittedReportsTable, UnitTable


class SubmittedReports(List):
    """Reports that were submitted by the end of a day, the latest first."""

    name, title = "reports:submitted-reports", "报送情况"
    export, measure = "reports:export-submitted-reports", "份"
    filter_class, table_class = SubmittedReportsFilter, SubmittedReportsTable
    takes_a_day = True

    def scope(self, user, query):
        return Scope.read_chosen(user, query)

    def rows(self, scope):
        return figures.submitted(scope).for_lists().order_by("-submitted_at", "-pk")


class Units(List):
    """Units that the user may see with their figures; the rows are dicts."""

    name, title, export, measure = "reports:units", "各单位办理情况", "reports:export-units", "个"
    filter_class, table_class = UnitFilter, UnitTable
    takes_a_day = True

    def table_for(self, user):
        """Return the table that may be sorted by results for who sees ranks."""
        return RankedUnitTable if self.ranks_for(user) else UnitTable

    def ranks_for(self, user):
        """Return whether units stand in the order of their results."""
        return may(user, "reports.see_current_ranks")

    def mailed(self):
        """Return the list in the order of the register: a mail leaves the office."""
        return UnitsInRegister()

    def scope(self, user, query):
        return Scope.read_chosen(user, query)

    def rows(self, scope):
        return Unit.objects.visible_to(scope.user)

    def records(self, scope, rows):
        """Return the figures of the filtered units that owe something, best first where units are ranked."""
        duties = figures.counted(scope.duties().filter(unit__in=rows))
        found = figures.by_unit(duties, ranked=self.ranks_for(scope.user))
        for row in found:
            row["kind"] = UnitKind(row["unit__kind"]).label
        return found


class UnitsInRegister(Units):
    """Units in the order of the register, whoever reads them."""

    def ranks_for(self, user):
        return False


SUBMITTED_REPORTS, UNITS = SubmittedReports(), Units()

register(SUBMITTED_REPORTS, UNITS)
