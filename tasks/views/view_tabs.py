"""The tabs of views (视图) above a list."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect

from tasks.choices import Sharing
from tasks.forms.saved_views import ViewForm
from tasks.models import SavedView
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.lists import OF_THE_TABLE, view_query
from wenshang_disclosure.core.web.numbers import read_number


class ViewsPage:
    """Mixin of list pages: tabs of views where the list can be saved as one."""

    def answer(self, request):
        """Answer the list. A view with something that is gone is opened without it, and says so."""
        response = super().answer(request)
        view = self.opened_view
        if not (view and self._has_something_gone()):
            return response
        query, gone = self.list.cleaned(request.user, request.GET)
        if not gone:
            return response
        messages.warning(
            request,
            f"视图“{view.name}”中的{'、'.join(dict.fromkeys(gone))}有的已不存在或者不在您的查看范围内，"
            "现按其余条件显示。",
        )
        return redirect(f"{request.path}?{query.urlencode()}")

    def _has_something_gone(self):
        return self.status == 400 and not self.scope.as_of_error or self.columns.unknown or self.columns.unknown_orders

    @property
    def opened_view(self):
        """Return the view that the address names, `None` where it names none that the user may open."""
        pk = read_number(self.request.GET.get("view", ""))
        if not self.list or pk is None:
            return None
        return next((view for view in self._views() if view.pk == pk), None)

    def _views(self):
        if not hasattr(self, "_loaded_views"):
            own = SavedView.objects.visible_to(self.request.user).filter(list_name=self.list.name)
            self._loaded_views = list(own.as_tabs())
        return self._loaded_views

    def get_context_data(self):
        """Add the tabs."""
        return {**super().get_context_data(), **(self.tabs() if self.list else {})}

    def tabs(self):
        """Return the context of the tabs."""
        user, view, shown = self.request.user, self.opened_view, view_query(self.request.GET)
        filters = _filters_of(shown)
        standard = [
            {"label": label, "query": query.urlencode(), "number": number, "is_here": not view and filters == query}
            for label, query, number in (self.list.standard_views(self.scope) if not self.scope.as_of_error else [])
        ]
        return {
            "view_tabs": self._views(),
            "standard_views": standard,
            "opened_view": view,
            "view_is_changed": bool(view and shown != view_query(QueryDict(view.query))),
            "may_change_view": bool(view and may(user, "tasks.change_view", view)),
            "view_form": ViewForm(user=user, initial={"sharing": Sharing.OWN}),
        }


def _filters_of(query):
    filters = query.copy()
    for name in OF_THE_TABLE:
        filters.pop(name, None)
    return filters
