"""The lists of reports, by name: one definition for their page, their file, saved views and mails."""

from tasks.scope import Scope
from wenshang_disclosure.core.web.lists import List, register

from . import figures
from .filters import SubmittedReportsFilter
from .tables import SubmittedReportsTable


class SubmittedReports(List):
    """Reports that were submitted by the end of a day, the latest first."""

    name, title, export = "reports:submitted-reports", "报送情况", "reports:export-submitted-reports"
    filter_class, table_class = SubmittedReportsFilter, SubmittedReportsTable
    takes_a_day = True

    def scope(self, user, query):
        return Scope.read_chosen(user, query)

    def rows(self, scope):
        return figures.submitted(scope).for_lists().order_by("-submitted_at", "-pk")


SUBMITTED_REPORTS = SubmittedReports()

register(SUBMITTED_REPORTS)
