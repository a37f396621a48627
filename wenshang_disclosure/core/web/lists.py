"""Lists by name: what a list is of, its filters and its table. Pages, files, saved views and mails ask the same one.

A list takes a user and a query, never a request. Apps register theirs when they are ready.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from .errors import may, require
from .tables import Columns

KEPT_APART = ("page", "view", "as_of", "plan", "menu", "of", "csrfmiddlewaretoken")
"""Parameters that are no part of a view: the place in the list, and what holds for all pages."""

SORT = "sort"

OF_THE_TABLE = (SORT, "per_page", Columns.parameter)

LISTS = {}
"""The lists, by the name of the address of their page."""


@dataclass
class Found:
    """What a list shows of a query: its rows in order, the columns, and the labels of what the list does not know."""

    scope: object
    rows: object
    columns: Columns
    gone: list


class List:
    """A list. `name` is that of its page's address; `export` that of its file; `measure` counts its rows.

    Who lacks `permission` is told `refusal`.
    """

    name = title = export = permission = refusal = ""
    measure = "件"
    filter_class = table_class = None
    takes_a_day = False
    """Whether the list can be read as on a past evening."""

    def scope(self, user, query):
        """Return the scope of the list that `query` describes."""
        raise NotImplementedError

    def rows(self, scope):
        """Return the rows that the user of the scope may see, in the order of the list."""
        raise NotImplementedError

    def fetch(self, scope, columns, ids):
        """Return the rows with these ids, in no order, with what the named columns show of them.

        The SQL of `rows` may depend on the scope's user, plans and day, and not on its filters.
        """

        def rows(own, ids):
            return self.table_class.annotated(self.rows(own).filter(pk__in=ids).order_by(), columns, own)

        depends_on = self.table_class.depends_on(columns, scope)
        return scope.fetch(self.name, rows, tuple(columns), depends_on, ids=ids)

    def standard_views(self, scope):
        """Return `(label, query, number)` of the views that everybody has; the number may be `None`."""
        return [("全部", QueryDict(), None)]

    def figures(self, rows):
        """Return `(label, number)` of what the rows sum up to, below the title of a mail."""
        return [("共", f"{len(rows) if isinstance(rows, list) else rows.count()}{self.measure}")]

    def is_open_to(self, user):
        """Return whether `user` may read the list."""
        return not self.permission or may(user, self.permission)

    def guard(self, user):
        """Raise `PermissionDenied` where `user` may not read the list."""
        if self.permission:
            require(user, self.permission, sentence=self.refusal)

    def address(self, query=""):
        """Return the address of the page that shows `query`."""
        return f"{reverse(self.name)}?{query}" if query else reverse(self.name)

    def cleaned(self, user, query):
        """Return `query` without what the list does not know any more, and the labels of what was left out.

        A value that is gone leaves the others of its filter alone.
        """
        query, gone = query.copy(), []
        try:
            scope = self.scope(user, query)
        except Http404:
            query.pop("plan", None)
            gone.append("年度")
            scope = self.scope(user, query)
        form = scope.filterset(self.filter_class, self.rows(scope).none()).form
        for name in form.errors:
            _keep_only_known(query, name, form.fields[name])
            gone.append(form.fields[name].label)
        for name in set(query) - set(form.fields) - set(KEPT_APART) - set(OF_THE_TABLE):
            query.pop(name)
            gone.append(name)
        return query, gone + self._without_unknown_columns(user, query)

    def _without_unknown_columns(self, user, query):
        """Take the columns that are gone out of `query`, shown or sorted by, and return what to call them."""
        columns = self.columns(user, query)
        if columns.unknown:
            query.pop(Columns.parameter)
            if columns.is_chosen:
                query[Columns.parameter] = ",".join(columns.shown)
        if columns.unknown_orders:
            query.pop(SORT)
        return [f"列{name}" for name in columns.unknown] + [
            f"按{columns.name_of(key)}排序" for key in columns.unknown_orders
        ]

    def table_for(self, user):
        """Return the class of the table that `user` reads."""
        return self.table_class

    def columns(self, user, query, left_out=()):
        """Return the columns that `query` chooses."""
        return Columns(self.table_for(user), query.get(Columns.parameter, ""), left_out, query.getlist(SORT))

    def found(self, user, query):
        """Return what the list shows `user` of `query` now, without what it does not know any more."""
        query, gone = self.cleaned(user, query)
        scope = self.scope(user, query)
        columns = self.columns(user, query, self.left_out(scope))
        return Found(scope, self.in_order(scope, self.cut(scope), columns), columns, gone)

    def cut(self, scope):
        """Return the rows that the filters of the scope leave. Raises `Malformed`."""
        return self.records(scope, scope.cut(self.filter_class, self.rows(scope)))

    def records(self, scope, rows):
        """Return what the table shows of the filtered rows, by default these."""
        return rows

    def in_order(self, scope, rows, columns):
        """Return the rows in the order that the address asks for, with what the columns need."""
        rows = columns.table_class.annotated(rows, columns.read, scope)
        return scope.sorted(columns.table_class, rows, **columns.for_table())

    def mailed(self):
        """Return the list of which mails are written: for people who may read less than who set them up."""
        return self

    def reader(self, scope, columns):
        """Return an empty table, whose `plain` gives the cells of files and mails."""
        return columns.table_class([], scope=scope, **columns.for_table())

    def left_out(self, scope):
        """Return the columns that a file or a mail has no use for: boxes to tick, the year where there is one, and on a
        past day what is known of today only.
        """
        past = ("period",) if scope.as_of < timezone.localdate() else ()
        return (*self.table_class.steps, *(() if scope.has_several_years else ("year",)), *past)


def _keep_only_known(query, name, field):
    """Take the values out of `query` that the field does not accept."""
    known = [value for value in query.getlist(name) if _accepts(field, value)] if _takes_several(field) else []
    query.setlist(name, known) if known else query.pop(name, None)


def _takes_several(field):
    return getattr(field.widget, "allow_multiple_selected", False)


def _accepts(field, value):
    try:
        field.clean([value])
    except ValidationError:
        return False
    return True


def register(*lists):
    """Make the lists known by their names."""
    LISTS.update({one.name: one for one in lists})


def view_query(query):
    """Return the part of a query that a view keeps: filters, order and columns, without empty values."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        values = [value for value in values if value]
        if values and name not in KEPT_APART:
            kept.setlist(name, values)
    return kept
