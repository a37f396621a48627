"""Base of list pages: a queryset, a filter set and a table, with all state in the URL."""

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.shortcuts import redirect, render
from django.views.generic import View
from django_tables2 import RequestConfig

from wenshang_disclosure.core.orders import in_full_order

from .evenings import on_evening
from .filters import chips, order_chips
from .lists import SORT
from .numbers import read_number
from .tables import Columns


def page_size(request):
    """Return the page size of `?per_page=`, the default unless it is one of the sizes offered."""
    text = request.GET.get("per_page", "")
    return int(text) if text in map(str, settings.PAGE_SIZES) else settings.PAGE_SIZE


def page_of(request, rows, per_page):
    """Return the page of `rows` that `?page=` names, the rows of a queryset in full order.

    A page that does not exist is answered with the first one, with what was asked for in `missing` and 404 in `status`.
    """
    paginator = Paginator(in_full_order(rows) if isinstance(rows, QuerySet) else rows, per_page)
    requested = request.GET.get("page", "1")
    try:
        page, missing = paginator.page(read_number(requested, 0)), ""
    except EmptyPage:
        page, missing = paginator.page(1), requested
    page.missing, page.status = missing, 404 if missing else 200
    return page


class ListPage(LoginRequiredMixin, View):
    """Base of a list page.

    Invalid filters or days are answered with 400 and the marked field, pages that do not exist with 404. `scope` has
    `context()`, `status`, `as_of_error` and `filterset()`. A page of a `List` has its rows, filters and table.
    """

    list = None
    filter_class = None
    table_class = None
    template_name = None
    fragment_name = "common/_list.html"
    takes_a_day = False
    """Whether the page can be read as on a past evening, where it is of no `List`."""

    def get_scope(self):
        """Return the scope of the list."""
        self.list.guard(self.request.user)
        return self.list.scope(self.request.user, self.request.GET)

    def get_queryset(self):
        """Return the rows that the user may see, annotated as of the scope's day."""
        return self.list.rows(self.scope)

    def prepare(self):
        """Load what the page needs once the scope is known."""

    def get(self, request, *args, **kwargs):
        """Answer the list, or its fragment; the form of the columns leads to the address that keeps them."""
        if "col" in request.GET:
            return redirect(f"{request.path}?{_with_columns(request.GET)}")
        takes_a_day = self.list.takes_a_day if self.list else self.takes_a_day
        answer = on_evening(self.answer) if takes_a_day else self.answer
        return answer(request)

    def answer(self, request):
        """Render the list for its scope."""
        self.scope = self.get_scope()
        self.status = self.scope.status
        self.prepare()
        context = self.get_context_data()
        is_part = bool(request.htmx and not request.htmx.boosted)
        part = self.fragment_name if is_part else self.template_name
        return render(request, part, {**context, "is_part": is_part}, status=self.status)

    def filtered(self):
        """Return the scope's context with the filter set and its rows; no rows if the input is invalid."""
        filter_class = self.filter_class or self.list.filter_class
        filterset = self.scope.filterset(filter_class, self.get_queryset())
        readable = filterset.form.is_valid() and not self.scope.as_of_error
        if not readable:
            self.status = 400
        rows = filterset.qs if readable else filterset.queryset.none()
        return {**self.scope.context(), "filter": filterset, "chips": chips(filterset.form), "rows": rows}

    def get_rows(self, rows):
        """Return the table's data from the filtered rows."""
        return self.list.records(self.scope, rows) if self.list else rows

    def get_table_kwargs(self):
        """Return extra arguments of the table."""
        return {}

    def get_context_data(self):
        """Return the context of the page: filters, table, columns."""
        context = self.filtered()
        table_class, kwargs = self.table_class or self.list.table_for(self.request.user), self.get_table_kwargs()
        query, left_out = self.request.GET, kwargs.pop("exclude", ())
        self.columns = Columns(table_class, query.get(Columns.parameter, ""), left_out, query.getlist(SORT))
        data = self._data(table_class, self.get_rows(context["rows"]))
        table = table_class(**data, scope=self.scope, **self.columns.for_table(), **kwargs)
        table.page_sizes, table.page_size = settings.PAGE_SIZES, page_size(self.request)
        set_apart = [*context["chips"], *order_chips(self.columns)]
        missing = self._paginate(table)
        return {**context, "table": table, "columns": self.columns, "chips": set_apart, "missing_page": missing}

    def _data(self, table_class, rows):
        """Return the data of the table: for a `List` ids in order, of which `fetch` reads those of a page. What a page
        itself adds to the rows is read with them.
        """
        if not self.list or type(self).get_rows is not ListPage.get_rows:
            return {"data": table_class.annotated(rows, self.columns.read, self.scope)}
        ordered = table_class.annotated(rows, self.columns.sorted, self.scope)
        return {"data": ordered, "fetch": lambda ids: self.list.fetch(self.scope, self.columns.shown, ids)}

    def _paginate(self, table):
        """Paginate the table; return the requested page as text if it does not exist, else an empty string."""
        RequestConfig(self.request, paginate=False).configure(table)
        requested = self.request.GET.get("page", "1")
        number = read_number(requested, 0)
        try:
            table.paginate(page=max(number, 1), per_page=page_size(self.request), paginator_class=Paginator)
        except EmptyPage:
            number = 0
        if number:
            return ""
        self.status = max(self.status, 404)
        table.paginate(page=1, per_page=page_size(self.request))
        return requested


def _with_columns(query):
    """Return the query with the chosen columns in one parameter; the menu stays open while columns are moved."""
    kept = query.copy()
    kept[Columns.parameter] = Columns.chosen_in(query)
    if {"up", "down"} & query.keys():
        kept["menu"] = "columns"
    for name in ("col", "up", "down", "page"):
        kept.pop(name, None)
    return kept.urlencode()
