"""The base of every list page: a queryset, a filter set and a table, with the state of the list in its address."""

import django_tables2 as tables
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import EmptyPage, Paginator
from django.shortcuts import render
from django.template.loader import get_template
from django.views.generic import View
from django_tables2 import RequestConfig

from wenshang_disclosure.core.dates import BadDay, read_as_of


def page_size(request):
    """Read `?per_page=`: one of the sizes on offer, the usual one for anything else."""
    text = request.GET.get("per_page", "")
    return int(text) if text in map(str, settings.PAGE_SIZES) else settings.PAGE_SIZE


class ListPage(LoginRequiredMixin, View):
    """One list. A filter or day that is nonsense answers 400 with the field marked; a page that is not there 404."""

    filter_class = None
    table_class = None
    template_name = None
    fragment_name = "common/_list.html"

    def get_queryset(self):
        """Return the rows, already cut to what the user may see and annotated for `self.as_of`."""
        raise NotImplementedError

    def get_filter_kwargs(self):
        """What else the filter set takes."""
        return {}

    def prepare(self):
        """Read what the whole page rests on, after `self.as_of` is known."""

    def get(self, request, *args, **kwargs):
        """Show the list."""
        self.status, self.as_of_error = 200, ""
        try:
            self.as_of = read_as_of(request.GET.get("as_of"))
        except BadDay as bad:
            self.as_of, self.as_of_error = read_as_of(""), str(bad)
        self.prepare()
        context = self.get_context_data()
        part = self.fragment_name if request.htmx and not request.htmx.boosted else self.template_name
        return render(request, part, context, status=self.status)

    def filtered(self):
        """Return the filter set, its rows and what the page says about both; no rows are guessed from nonsense."""
        filterset = self.filter_class(
            self.request.GET, queryset=self.get_queryset(), request=self.request, **self.get_filter_kwargs()
        )
        readable = filterset.form.is_valid() and not self.as_of_error
        if not readable:
            self.status = 400
        return {
            "filter": filterset,
            "rows": filterset.qs if readable else filterset.queryset.none(),
            "as_of": self.as_of,
            "as_of_error": self.as_of_error,
        }

    def get_rows(self, rows):
        """Return what the table shows of the filtered rows."""
        return rows

    def get_table_kwargs(self):
        """What else the table takes."""
        return {}

    def get_context_data(self):
        """Return filter, table and page."""
        context = self.filtered()
        table = self.table_class(self.get_rows(context["rows"]), **self.get_table_kwargs())
        table.page_sizes, table.page_size = settings.PAGE_SIZES, page_size(self.request)
        return {**context, "table": table, "missing_page": self._paginate(table)}

    def _paginate(self, table):
        """Cut the table to its page; return the words asked for where there is no such page."""
        RequestConfig(self.request, paginate=False).configure(table)
        asked = self.request.GET.get("page", "1")
        paginator_page = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
        try:
            table.paginate(page=max(paginator_page, 1), per_page=page_size(self.request), paginator_class=Paginator)
        except EmptyPage:
            paginator_page = 0
        if paginator_page:
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
