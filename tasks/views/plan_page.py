"""Base of list pages over one plan, or over the plans of several years."""

from django.utils import timezone

from tasks.scope import Scope
from tasks.views.view_tabs import ViewsPage
from wenshang_disclosure.core.web.pages import ListPage


class PlanPage(ViewsPage, ListPage):
    """A list with its views: of what its `List` says, else of one plan, on one day."""

    takes_a_day = True

    def get_scope(self):
        return super().get_scope() if self.list else Scope.of(self.request)

    def get_table_kwargs(self):
        """Leave out the column of the year where all rows are of one, and on past days what is known of today only."""
        kwargs = super().get_table_kwargs()
        left_out = () if self.scope.has_several_years else ("year",)
        if self.scope.as_of < timezone.localdate():
            left_out += ("period",)
        return {**kwargs, "exclude": (*kwargs.get("exclude", ()), *left_out)}
