"""Base of list pages over one plan."""

from tasks.scope import Scope
from wenshang_disclosure.core.web.pages import ListPage


class PlanPage(ListPage):
    """A list of one plan on one day, both read from the address."""

    def get_scope(self):
        return Scope.of(self.request)
