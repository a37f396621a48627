"""Base of list pages: a queryset, a filter set and a table, with all state in the URL."""

import django_tables2 as tables
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.shortcuts import render
from django.template.loader import get_template
from django.views.generic import View
from django_tables2 import RequestConfig
from django_tables2.data import TableListData, TableQuerysetData

from wenshang_disclosure.core.orders import in_full_order

from .evenings import on_evening
from .numbers import read_number


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
    `context()`, `status`, `as_of_error` and `filterset()`.
    """

    filter_class = None
    table_class = None
    template_name = None
    fragment_name = "common/_list.html"
    takes_a_day = False
    """Whether the list can be read as on a past evening."""

    def get_scope(self):
        """Return the scope of the list."""
        raise NotImplementedError

    def get_queryset(self):
        """Return the rows that the user may see, annotated as of the scope's day."""
        raise NotImplementedError

    def get_filter_kwargs(self):
        """Return extra arguments of the filter set."""
        return {}

    def prepare(self):
        """Load what the page needs once the scope is known."""

    def get(self, request, *args, **kwargs):
        """Answer the list, or its fragment."""
        answer = on_evening(self.answer) if self.takes_a_day else self.answer
        return answer(request)

    def answer(self, request):
        """Render the list for its scope."""
        self.scope = self.get_scope()
        self.status = self.scope.status
        self.prepare()
        context = self.get_context_data()
        part = self.fragment_name if request.htmx and not request.htmx.boosted else self.template_name
        return render(request, part, context, status=self.status)

    def filtered(self):
        """Return the scope's context with the filter set and its rows; no rows if the input is invalid."""
        filterset = self.scope.filterset(self.filter_class, self.get_queryset(), **self.get_filter_kwargs())
        readable = filterset.form.is_valid() and not self.scope.as_of_error
        if not readable:
            self.status = 400
        rows = filterset.qs if readable else filterset.queryset.none()
        return {**self.scope.context(), "filter": filterset, "rows": rows}

    def get_rows(self, rows):
        """Return the table's data from the filtered rows."""
        return rows

    def get_table_kwargs(self):
        """Return extra arguments of the table."""
        return {}

    def get_context_data(self):
        context = self.filtered()
        table = self.table_class(self.get_rows(context["rows"]), **self.get_table_kwargs())
        table.page_sizes, table.page_size = settings.PAGE_SIZES, page_size(self.request)
        return {**context, "table": table, "missing_page": self._paginate(table)}

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


class _Records(TableQuerysetData):
    """Rows of a queryset, in full order whichever column they are sorted by."""

    def complete(self):
        """Complete the order that the queryset has."""
        self.data = in_full_order(self.data)

    def order_by(self, aliases):
        super().order_by(aliases)
        self.complete()


class _Dicts(TableListData):
    """Rows that are dicts; equal rows stay in the order in which they were given."""

    def complete(self):
        """Leave the order as given."""

    def order_by(self, aliases):
        """Sort by each column in turn, the last one first, with empty values last in both directions."""
        for alias in reversed(aliases):
            super().order_by([alias])
            value = tables.A(self.table.columns[alias.removeprefix("-")].order_by[0].bare)
            self.data.sort(key=lambda row, value=value: value.resolve(row, quiet=True) is None)


class ListTable(tables.Table):
    """Base of the tables of lists and of the files that follow them: each row stands on exactly one page."""

    def __init__(self, data, **kwargs):
        super().__init__(_Records(data) if isinstance(data, QuerySet) else _Dicts(list(data)), **kwargs)
        self.data.complete()  # only now, as the table has read from the rows which column they are sorted by


class PartColumn(tables.TemplateColumn):
    """A column rendered by a template with record, `kept` and `query` as context: faster than the page's context."""

    def render(self, record, table, **kwargs):
        page = getattr(table, "context", {})
        context = {"record": record, "kept": page.get("kept"), "query": page.get("query")}
        return get_template(self.template_name).render(context)

    def value(self, record, **kwargs):
        return self.render(record, **kwargs)
