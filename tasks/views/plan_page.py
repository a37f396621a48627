"""The base of every list page over one plan."""

from tasks.scope import Scope
from wenshang_disclosure.core.web.pages import ListPage


class PlanPage(ListPage):
    """A list of the plan and the day that its address names."""

    def get_scope(self):
        return Scope.of(self.request)
