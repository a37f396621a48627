"""Past evenings: within `evening(day)` every query reads the tables as they stood on the evening of that day.

A query that reads a table which has changed since is given a common table expression of the table's name, which stands
for the table in that query. So lists, filters, sorts, searches, figures and files say of a past evening what they said
on it, without knowing of it (docs/decisions.md). What has changed is known from `history`; a model whose state is kept
in another way registers its own expression with `seen_as`.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models import DateTimeField, JSONField
from django.utils import timezone

from .dates import day_end
from .history import FormerRow

_evening = ContextVar("evening", default=None)
_EXPRESSIONS = {}


@dataclass
class Evening:
    """A past evening, and by connection the common table expressions that show it: `{quoted table: SQL}`."""

    day: date
    expressions: dict = field(default_factory=dict)

    def tables(self, connection):
        """Return `{quoted table: SQL}` of the tables that stood otherwise on that evening."""
        if connection.alias not in self.expressions:
            self.expressions[connection.alias] = {}  # while it is made, tables are read as they are
            self.expressions[connection.alias] = Then(self.day, connection).tables()
        return self.expressions[connection.alias]


def current_day():
    """Return the day of the evening that is read: today, or that of `evening`."""
    return evening_read() or timezone.localdate()


def evening_read():
    """Return the day of the past evening that is read, `None` for today."""
    then = _evening.get()
    return then.day if then else None


@contextmanager
def evening(day):
    """Read the tables as on the evening of `day` within the block; today, they are read as they are.

    Querysets have to be evaluated within the block. Within it a past day's tables cannot be changed.
    """
    is_past = day is not None and day < timezone.localdate()
    outer = _evening.get()
    inner = None if not is_past else outer if outer and outer.day == day else Evening(day)
    token = _evening.set(inner)
    _group_by_pk(inner is None)
    try:
        yield
    finally:
        _evening.reset(token)
        _group_by_pk(outer is None)


def today():
    """Read the tables as they are within the block, also inside `evening`."""
    return evening(None)


def seen_as(model):
    """Register a function `sql(then)` as the expression of `model`'s table on a past evening; `then` is a `Then`."""

    def register(function):
        _EXPRESSIONS[model] = function
        return function

    return register


def _group_by_pk(allowed):
    """Let queries on PostgreSQL group by the primary key alone; it does not know the key of an expression."""
    for connection in connections.all():
        if connection.vendor == "postgresql":
            connection.features.allows_group_by_selected_pks = allowed


@dataclass
class Then:
    """The parts of which the SQL of a past evening is made, in the dialect of a connection."""

    day: date
    connection: object

    def tables(self):
        """Return `{quoted table: SQL}` of the tables that stood otherwise on the evening."""
        later = FormerRow.objects.using(self.connection.alias).filter(until__gt=self.day)
        self.changed = set(later.order_by().values_list("table", flat=True).distinct())
        models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in self.changed]
        found = {model: self._rows(model) for model in models}
        found |= {model: function(self) for model, function in _EXPRESSIONS.items()}
        return {self.quoted(model._meta.db_table): sql for model, sql in found.items()}

    def rows(self, model):
        """Return the rows of a model's table on that evening, for use after FROM."""
        table = model._meta.db_table
        return f"({self._rows(model)})" if table in self.changed else self.table(model)

    def table(self, model):
        """Return the name of a model's table as it is today."""
        name = self.quoted(model._meta.db_table)
        return name if self.is_postgresql else f"main.{name}"  # an expression that names itself is recursive on SQLite

    def last(self, model, alias, where):
        """Return the last of the rows `one` of a model's table that fulfil `where`, for use after JOIN.

        PostgreSQL looks it up once for each row that it is joined to, also where that reads more than the table would
        be taken to have.
        """
        table = self.table(model)
        if self.is_postgresql:
            last = f"SELECT one.* FROM {table} AS one WHERE {where} ORDER BY one.id DESC LIMIT 1"
            return f"LATERAL ({last}) AS {alias} ON TRUE"
        return f"{table} AS {alias} ON {alias}.id = (SELECT MAX(one.id) FROM {table} AS one WHERE {where})"

    def columns(self, model, alias, **instead):
        """Return the columns of a model's table for use after SELECT, with the SQL given `instead` for some."""
        columns = [column.column for column in model._meta.concrete_fields]
        return ", ".join(
            f"{instead.get(name, f'{alias}.{self.quoted(name)}')} AS {self.quoted(name)}" for name in columns
        )

    def quoted(self, name):
        """Return a name in quotes."""
        return self.connection.ops.quote_name(name)

    @property
    def is_postgresql(self):
        """Return whether the SQL is for PostgreSQL, not for SQLite."""
        return self.connection.vendor == "postgresql"

    @property
    def on(self):
        """Return the day as a literal."""
        return f"'{self.day.isoformat()}'"

    @property
    def end(self):
        """Return the first moment after the evening as a literal."""
        return f"'{self.connection.ops.adapt_datetimefield_value(day_end(self.day))}'"

    def _rows(self, model):
        """Return the rows that have not changed since, and what those were that have."""
        former, table = self.table(FormerRow), f"'{model._meta.db_table}'"
        later = f'later."table" = {table} AND later.until > {self.on}'
        pk = f"now.{self.quoted(model._meta.pk.column)}"
        return (
            f"SELECT {self.columns(model, 'now')} FROM {self.table(model)} AS now"
            f" WHERE NOT EXISTS (SELECT 1 FROM {former} AS later WHERE {later} AND later.row = {pk})"
            f" UNION ALL SELECT {self._from_json(model)} FROM {former} AS former"
            f' WHERE former."table" = {table} AND former.until > {self.on} AND former.data IS NOT NULL'
            f" AND NOT EXISTS (SELECT 1 FROM {former} AS later WHERE {later}"
            " AND later.row = former.row AND later.until < former.until)"
        )

    def _from_json(self, model):
        return ", ".join(f"{self._value(one)} AS {self.quoted(one.column)}" for one in model._meta.concrete_fields)

    def _value(self, column):
        """Return a column's value in the JSON of `former`."""
        if self.is_postgresql:
            operator = "->" if isinstance(column, JSONField) else "->>"
            return f"CAST(former.data {operator} '{column.attname}' AS {column.cast_db_type(self.connection)})"
        value = f"json_extract(former.data, '$.{column.attname}')"
        return f"substr({value}, 1, 26)" if isinstance(column, DateTimeField) else value


def _read_then(execute, sql, params, many, context):
    """Run a statement; within an evening, let it read the tables as they stood on it."""
    then = _evening.get()
    if then is None:
        return execute(sql, params, many, context)
    expressions = {name: seen for name, seen in then.tables(context["connection"]).items() if name in sql}
    is_read = sql.lstrip("( ").startswith("SELECT")
    if not is_read and (expressions or FormerRow._meta.db_table in sql):
        raise RuntimeError(f"The evening of {then.day} is past and cannot be changed.")
    if not expressions:
        return execute(sql, params, many, context)
    first = ", ".join(f"{name} AS NOT MATERIALIZED ({seen})" for name, seen in expressions.items())
    return execute(f"WITH {first} {sql}", params, many, context)


def _wrap(connection, **kwargs):
    if _read_then not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _read_then)  # the last is taken off by what watches the opening request


def watch_connections():
    """Let the connections of this process read evenings."""
    connection_created.connect(_wrap, dispatch_uid="evenings")
    for connection in connections.all(initialized_only=True):
        _wrap(connection)
