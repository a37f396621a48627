"""Base of the tables of lists: complete orders, chosen columns, and cells that cost little."""

import inspect
from copy import copy
from datetime import datetime
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

import django_tables2 as tables
from django.db.models import Model, QuerySet
from django.template import Context
from django.template.base import render_value_in_context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString
from django_tables2.data import TableListData, TableQuerysetData

from wenshang_disclosure.core.orders import in_full_order

from .links import address_of_page


class _Records(TableQuerysetData):
    """Rows of a queryset, in full order whichever column they are sorted by.

    With `fetch`, which gives the rows of ids, only ids are found by filters and order: what is shown of a row is not
    read of all, and its SQL is the same whatever the filters (`wenshang_disclosure.core.prepared`).
    """

    def __init__(self, data, fetch=None):
        super().__init__(data)
        self.fetch = fetch

    def __getitem__(self, key):
        """Return the rows of a page, without one that somebody has just taken out of the list."""
        if self.fetch is None or not isinstance(key, slice):
            return super().__getitem__(key)
        ids = list(self.data.values_list("pk", flat=True)[key])
        found = {row.pk: row for row in self.fetch(ids)} if ids else {}
        return [found[pk] for pk in ids if pk in found]

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


class Head(NamedTuple):
    """The head of a column, and what each of its cells has in common: classes and label."""

    name: str
    label: str
    attributes: str


class ListTable(tables.Table):
    """Base of the tables of lists and of the files that follow them: each row stands on exactly one page.

    Where there are `usual` columns, people choose others and their order. `first` are the columns that stand first
    where the page has them, `needed` those that cannot be left out, and `steps` those of boxes and buttons, which files
    and mails have no use for. A method `render_NAME(self, record)` draws a cell, and `value_NAME(self, record)` gives
    its plain text for files and mails. `hidden` columns are not drawn, but rows may be sorted by them.
    """

    usual = ()
    first = ()
    needed = ()
    unsorted = ()
    """Columns that rows are not sorted by, whatever their own definition says."""
    steps = ("pick", "tick")
    widths = {}
    """Widths of columns in files, in characters."""

    def __init__(self, data, *, scope=None, hidden=(), fetch=None, **kwargs):
        """`scope` is what the list is of, for cells that need to know; `fetch` is as for `_Records`."""
        self.scope = scope
        unsorted = [(name, _unsorted(self.base_columns[name])) for name in self.unsorted]
        data = _Records(data, fetch) if isinstance(data, QuerySet) else _Dicts(list(data))
        super().__init__(data, extra_columns=unsorted, **kwargs)
        for name in hidden:
            self.columns.hide(name)
        self.data.complete()  # only now, as the table has read from the rows which column they are sorted by

    @classmethod
    def annotated(cls, rows, names, scope):
        """Return the rows with what the columns `names` need besides; see `needs` of the subclass."""
        for name in names:
            if name in cls.needs:
                rows = cls.needs[name](rows, scope)
        return rows

    needs = {}
    """Functions by column: `(rows, scope)` give the rows with what the column shows."""

    changing = {}
    """Functions by column: `(scope)` give what these SQL depends on besides user, plans and day; hashable."""

    @classmethod
    def depends_on(cls, names, scope):
        """Return what the SQL of the columns `names` depends on besides user, plans and day."""
        return tuple(cls.changing[name](scope) for name in names if name in cls.changing)

    def prepare(self, records):
        """Read at once what the cells of `records` need besides; before they are drawn or their texts are asked for."""

    @property
    def heads(self):
        """Return the `Head` of each column, in order."""
        return [self._head(column) for column in self.columns]

    @property
    def body(self):
        """Return the rows of the page as HTML, "" where there are none; written here, as a page has 500 cells."""
        drawn = [
            (format_html('<td data-label="{}" {}>', head.label, head.attributes), self._way_of_drawing(column))
            for column in self.columns
            for head in (self._head(column),)
        ]
        rows = list(self.paginated_rows)
        self.prepare([row.record for row in rows])
        lines = ("".join(f"{begin}{_shown(draw(row))}</td>" for begin, draw in drawn) for row in rows)
        return SafeString("".join(f"<tr>{cells}</tr>\n" for cells in lines))

    def _head(self, column):
        attributes = dict(column.attrs.get("td", {}))
        attributes["class"] = f"c-{column.name} {attributes.get('class', '')}".strip()
        return Head(column.name, column.header, tables.utils.AttributeDict(attributes).as_html())

    def _way_of_drawing(self, column):
        """Return the function that draws the cell of a row; methods that take the record alone are called directly."""
        method = getattr(self, f"render_{column.name}", None)
        takes = _parameters(type(self), method.__name__) if method else ()
        if takes == ("record",):
            return lambda row: method(row.record)
        if not method and type(column.column) is PartColumn:
            return lambda row: column.column.render(row.record, self)
        if takes in ((), ("value",)) and _is_plain(column.column):
            return self._way_of_showing(column, method or getattr(column.column, "written", None))
        return lambda row: row.get_cell(column.name)

    @staticmethod
    def _way_of_showing(column, method):
        """Return the function that gives what the path of a column leads to, "" and `None` by the column's default.

        The words of a field with choices are shown where its own model has it, as django-tables2 does.
        """
        path, empty = column.accessor.split(tables.A.SEPARATOR), column.column.empty_values

        def shown(row):
            owner, value = None, row.record
            for name in path:
                owner, value = value, _of(value, name)
            words = getattr(owner, f"get_{path[-1]}_display", None) if owner is not None else None
            value = words() if words else value
            return column.default if value in empty else method(value) if method else value

        return shown

    def link(self, name, *args, **query):
        """Return the address of a page with the year and the day that are kept through all pages, and with `query`."""
        address = address_of_page(name, *args)
        query = "&".join(filter(None, (self._kept, urlencode(query))))
        return f"{address}?{query}" if query else address

    @cached_property
    def _kept(self):
        page = getattr(self, "context", None) or {}
        return urlencode(page.get("kept") or {})

    def plain(self, record, name):
        """Return the text of a cell for files and mails."""
        method = getattr(self, f"value_{name}", None) or getattr(self, f"render_{name}", None)
        if method is not None:
            takes = inspect.signature(method).parameters
            value = method(record) if list(takes) == ["record"] else method(value=self._value(record, name))
            return strip_tags(value) if isinstance(value, str) else value
        value = self._value(record, name)
        return value if value is None or isinstance(value, (int, float)) or hasattr(value, "year") else str(value)

    def _value(self, record, name):
        column = self.columns[name]
        value = column.accessor.resolve(record, quiet=True)
        display = getattr(record, f"get_{column.accessor}_display", None)
        return display() if display else value


@cache
def _parameters(table_class, name):
    """Return the names of what a method of a table takes."""
    return tuple(inspect.signature(getattr(table_class, name)).parameters)[1:]


def _is_plain(column):
    """Return whether a column shows what its path leads to, without a template or a link of its own."""
    return type(column) in (tables.Column, DayColumn) and column.link is None and not column.localize


def _of(value, name):
    if isinstance(value, dict):
        return value.get(name)
    value = getattr(value, name, None)
    return value() if callable(value) and not isinstance(value, Model) else value


def _shown(cell):
    """Return a cell as a template would show it."""
    if isinstance(cell, str):
        return conditional_escape(cell)
    return str(cell) if type(cell) is int else render_value_in_context(cell, Context())


class Columns:
    """The columns of a list, as its reader chose them.

    `shown` are the names in order, `unknown` the chosen names that the list does not have (any more). `left_out` are
    columns that the page has no use for. Rows may be sorted by a column that is not shown: `sorted_unseen` are the keys
    of such orders, `unknown_orders` those that the list cannot be sorted by.
    """

    parameter = "columns"

    def __init__(self, table_class, named="", left_out=(), orders=()):
        """`named` is what the address says: names parted by commas, "" for the usual columns; `orders` are its keys of
        the order.
        """
        self.table_class, self.left_out = table_class, {*left_out, *table_class._meta.exclude}
        named = [name for name in dict.fromkeys(named.split(",")) if name] if table_class.usual else []
        choices = [name for name in table_class.base_columns if name not in table_class.first]
        self.unknown = [name for name in named if name not in choices]
        chosen = [name for name in named if name in choices]
        self.is_chosen = bool(chosen)
        if chosen:
            chosen = [name for name in table_class.needed if name not in chosen] + chosen
        self.choices = [name for name in choices if name not in self.left_out]
        self.shown = [name for name in chosen or table_class.usual or choices if name in self.choices]
        self._keys = keys = [key for word in orders for key in word.split(",") if key]
        self.unknown_orders = [key for key in keys if not self._sorts(key)]
        self.sorted_unseen = [key for key in keys if self._sorts(key) and _bare(key) in self._hidden()]

    def _sorts(self, key):
        """Return whether rows can be sorted by the key."""
        column = self.table_class.base_columns.get(_bare(key))
        may_be = self.table_class._meta.orderable and _bare(key) not in self.table_class.unsorted
        return may_be and column is not None and column.orderable is not False

    def _hidden(self):
        return [name for name in self.choices if name not in self.shown] if self.may_be_chosen else []

    @property
    def read(self):
        """Return the names of the columns that the rows have to be read for: those shown or sorted by."""
        return [*self.shown, *(_bare(key) for key in self.sorted_unseen)]

    @property
    def sorted(self):
        """Return the names of the columns that rows are sorted by."""
        return [_bare(key) for key in self._keys if self._sorts(key)]

    @property
    def may_be_chosen(self):
        """Return whether the list lets its reader choose."""
        return bool(self.table_class.usual)

    def offered(self):
        """Return `(name, label, is shown, can be left out)` of each column: the shown ones in their order, the rest."""
        rest = [name for name in self.choices if name not in self.shown]
        return [
            (name, self.label(name), name in self.shown, name not in self.table_class.needed)
            for name in self.shown + rest
        ]

    def label(self, name):
        """Return the head of a column."""
        return str(self.table_class.base_columns[name].verbose_name)

    def name_of(self, key):
        """Return what to call a key of an order: the head of its column, the key itself where there is none."""
        return self.label(_bare(key)) if _bare(key) in self.table_class.base_columns else key

    def for_table(self):
        """Return the arguments of the table that shows the columns."""
        if not self.may_be_chosen:
            return {"exclude": tuple(self.left_out)}
        first = [name for name in self.table_class.first if name not in self.left_out]
        return {"exclude": tuple(self.left_out), "sequence": [*first, *self.shown, "..."], "hidden": self._hidden()}

    @staticmethod
    def chosen_in(query):
        """Return what the form of the columns chose, as it stands in the address; a step moves one of them."""
        names = query.getlist("col")
        for step, by in (("up", -1), ("down", 1)):
            name = query.get(step)
            if name in names:
                at = names.index(name)
                to = min(max(at + by, 0), len(names) - 1)
                names.insert(to, names.pop(at))
        return ",".join(names)


def _unsorted(column):
    column = copy(column)
    column.orderable = False
    return column


def _bare(key):
    """Return the name of the column in a key of an order."""
    return key.removeprefix("-")


class DayColumn(tables.Column):
    """A column of days, or of moments on the clock here, written as `form` of `strftime` says."""

    def __init__(self, form="%Y-%m-%d", **kwargs):
        super().__init__(**kwargs)
        self.form = form

    def written(self, value):
        """Return a day or a moment in words."""
        return f"{timezone.localtime(value) if isinstance(value, datetime) else value:{self.form}}"

    def render(self, value):
        return self.written(value)


class PartColumn(tables.TemplateColumn):
    """A column rendered by a template with record, `kept` and `query` as context: faster than the page's context."""

    def render(self, record, table, **kwargs):
        page = getattr(table, "context", {})
        context = {"record": record, "kept": page.get("kept"), "query": page.get("query")}
        return get_template(self.template_name).render(context)

    def value(self, record, **kwargs):
        return self.render(record, **kwargs)
