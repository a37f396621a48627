"""Base of list pages: a queryset, a filter set and a table, with all state in the URL."""

import django_tables2 as tables
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import EmptyPage, Paginator
from django.shortcuts import render
from django.template.loader import get_template
from django.views.generic import View
from django_tables2 import RequestConfig

from .numbers import read_number


def page_size(request):
    """Return the page size of `?per_page=`, the default unless it is one of the sizes offered."""
    text = request.GET.get("per_page", "")
    return int(text) if text in map(str, settings.PAGE_SIZES) else settings.PAGE_SIZE


class ListPage(LoginRequiredMixin, View):
    """Base of a list page.

    Invalid filters or days are answered with 400 and the marked field, pages that do not exist with 404. `scope` has
    `context()`, `status`, `as_of_error` and `filterset()`.
    """

    filter_class = None
    table_class = None
    template_name = None
    fragment_name = "common/_list.html"

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


class PartColumn(tables.TemplateColumn):
    """A column rendered by a template with the record alone as context, which is faster than the page's context."""

    def render(self, record, **kwargs):
        return get_template(self.template_name).render({"record": record})

    def value(self, record, **kwargs):
        return self.render(record)
