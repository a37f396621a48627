"""The base of every list page: a queryset, a filter set and a table, with the state of the list in its address."""

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
    """Read `?per_page=`: one of the sizes on offer, the usual one for anything else."""
    text = request.GET.get("per_page", "")
    return int(text) if text in map(str, settings.PAGE_SIZES) else settings.PAGE_SIZE


class ListPage(LoginRequiredMixin, View):
    """One list. A filter or day that is nonsense answers 400 with the field marked; a page that is not there 404.

    `scope` says what the list is of: it has `context()`, `status`, `as_of_error` and `filterset()`.
    """

    filter_class = None
    table_class = None
    template_name = None
    fragment_name = "common/_list.html"

    def get_scope(self):
        """Return what the list is of."""
        raise NotImplementedError

    def get_queryset(self):
        """Return the rows, already cut to what the user may see and annotated for the day of the scope."""
        raise NotImplementedError

    def get_filter_kwargs(self):
        """Return what else the filter set takes."""
        return {}

    def prepare(self):
        """Read what the whole page rests on, after the scope is known."""

    def get(self, request, *args, **kwargs):
        self.scope = self.get_scope()
        self.status = self.scope.status
        self.prepare()
        context = self.get_context_data()
        part = self.fragment_name if request.htmx and not request.htmx.boosted else self.template_name
        return render(request, part, context, status=self.status)

    def filtered(self):
        """Return the filter set, its rows and the scope; no rows are guessed from nonsense."""
        filterset = self.scope.filterset(self.filter_class, self.get_queryset(), **self.get_filter_kwargs())
        readable = filterset.form.is_valid() and not self.scope.as_of_error
        if not readable:
            self.status = 400
        rows = filterset.qs if readable else filterset.queryset.none()
        return {**self.scope.context(), "filter": filterset, "rows": rows}

    def get_rows(self, rows):
        """Return what the table shows of the filtered rows."""
        return rows

    def get_table_kwargs(self):
        """Return what else the table takes."""
        return {}

    def get_context_data(self):
        """Return the context: filter, table and page."""
        context = self.filtered()
        table = self.table_class(self.get_rows(context["rows"]), **self.get_table_kwargs())
        table.page_sizes, table.page_size = settings.PAGE_SIZES, page_size(self.request)
        return {**context, "table": table, "missing_page": self._paginate(table)}

    def _paginate(self, table):
        """Cut the table to its page; return the words asked for where there is no such page."""
        RequestConfig(self.request, paginate=False).configure(table)
        asked = self.request.GET.get("page", "1")
        number = read_number(asked, 0)
        try:
            table.paginate(page=max(number, 1), per_page=page_size(self.request), paginator_class=Paginator)
        except EmptyPage:
            number = 0
        if number:
            return ""
        self.status = max(self.status, 404)
        table.paginate(page=1, per_page=page_size(self.request))
        return asked


class PartColumn(tables.TemplateColumn):
    """A cell drawn by a small template that needs the record alone: no context of a whole page is made for it."""

    def render(self, record, **kwargs):
        """Draw the cell."""
        return get_template(self.template_name).render({"record": record})

    def value(self, record, **kwargs):
        """Not used for plain text."""
        return self.render(record)
