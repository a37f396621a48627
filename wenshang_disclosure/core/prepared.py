"""Queries whose SQL is compiled once in a process: for what many pages ask, compiling costs more than asking.

Only SQL is kept, never what a query found. It is kept by all that it depends on: who asks, by role, the day and the
evening that is read, and what the caller names; ids are put in each time.
"""

import copy
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.utils import timezone

from .evenings import evening_read

UNIT, PERSON = -2_000_000_001, -2_000_000_002
"""Values that stand for the unit and the person in compiled SQL; no id is negative."""
IDS = range(-2_100_000_000, -2_100_000_000 + 500)
"""Values that stand for the ids of the rows that are asked for."""
MAX_KEPT = 300
_compiled = {}


def count_for(user, name, rows, *depends_on):
    """Return the number of rows of the queryset `rows(user)`, as of today.

    The queryset may depend on the id, unit and role of the user, on the day, and on what is named in `depends_on`,
    which is hashable; it is compiled anew when one but the ids changes. `name` tells it from others.
    """
    sql, params = _kept(user, name, depends_on, lambda: _count(rows(_stand_in(user))))
    if not sql:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({sql}) AS counted", _put_in(params, _ids_of(user)))  # noqa: S608
        return cursor.fetchone()[0]


def rows_for(user, name, rows, *depends_on, ids=()):
    """Return the rows of the queryset `rows(user)` as a list; `user`, `name` and `depends_on` are as for `count_for`.

    With `ids` it is the queryset `rows(user, ids)`, which may compare with their ids in that number and order alone.
    """
    ids = list(ids)
    if len(ids) > len(IDS):
        return list(rows(user, ids))
    stand_ins = [list(IDS[: len(ids)])] if ids else []
    kept = _kept(user, name, (*depends_on, len(ids)), lambda: _Compiled.of(rows(_stand_in(user), *stand_ins)))
    return kept.rows({**_ids_of(user), **dict(zip(IDS, ids, strict=False))})


def values_for(user, name, rows, fields, *depends_on):
    """Return the values of `fields` in the rows of such a queryset, as tuples in no order."""
    return rows_for(user, name, lambda who: rows(who).order_by().values_list(*fields), fields, *depends_on)


def _kept(user, name, depends_on, make):
    whom = (user.role, user.unit_id is None) if user else None
    key = (name, connection.alias, whom, timezone.localdate(), evening_read(), depends_on)
    kept = _compiled.get(key)  # once: another thread may clear meanwhile
    if kept is None:
        kept = make()
        if len(_compiled) >= MAX_KEPT:
            _compiled.clear()
        _compiled[key] = kept
    return kept


def _count(rows):
    """Return SQL and values of a queryset, no SQL where it can have no rows."""
    try:
        return rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "", ()


@dataclass
class _Compiled:
    """A queryset with the compiler that has compiled it, and its SQL and values; no SQL where it can have no rows."""

    queryset: QuerySet
    compiler: object
    sql: str
    params: tuple

    @classmethod
    def of(cls, queryset):
        compiler = queryset.query.get_compiler(queryset.db)
        _refuse_whom_it_prefetches_for(queryset)
        try:
            return cls(queryset, compiler, *compiler.as_sql())
        except EmptyResultSet:
            return cls(queryset, compiler, "", ())

    def rows(self, ids):
        """Return the rows, with `ids` put in for what stands for them."""
        if not self.sql:
            return []
        query = object.__new__(_CompiledQuery)
        query.__dict__ = {**self.queryset.query.__dict__, "kept": self, "params": _put_in(self.params, ids)}
        again = type(self.queryset)(model=self.queryset.model, query=query, using=self.queryset._db)
        for name in ("_iterable_class", "_prefetch_related_lookups", "_fields", "_known_related_objects"):
            setattr(again, name, getattr(self.queryset, name))
        return list(again)


def _refuse_whom_it_prefetches_for(queryset):
    """Raise `RuntimeError` where what is prefetched depends on ids: it is not compiled, so that none are put in."""
    for lookup in queryset._prefetch_related_lookups:
        asked = getattr(lookup, "queryset", None)
        if asked is None:
            continue
        if {UNIT, PERSON, *IDS} & set(filter(_is_id, _values_in(asked))):
            raise RuntimeError(f"What is prefetched as {lookup.prefetch_to} depends on who asks.")
        _refuse_whom_it_prefetches_for(asked)


def _values_in(queryset):
    """Return the values in the SQL of a queryset, none where it can have no rows."""
    try:
        return queryset.query.sql_with_params()[1]
    except EmptyResultSet:
        return ()


def _is_id(value):
    return type(value) is int


class _CompiledQuery(Query):
    """A query that has been compiled: it can be run, but not changed."""

    def get_compiler(self, using=None, connection=None, elide_empty=True):
        compiler = copy.copy(self.kept.compiler)
        compiler.using, compiler.connection = using, connections[using]
        compiler.as_sql = lambda *args, **kwargs: (self.kept.sql, self.params)
        return compiler

    def clone(self):
        raise RuntimeError("The query has been compiled and cannot be changed.")


def _put_in(params, ids):
    return [ids.get(value, value) if _is_id(value) else value for value in params]


def _ids_of(user):
    return {UNIT: user.unit_id, PERSON: user.pk} if user else {}


def _stand_in(user):
    """Return a copy of the user with the values that stand for ids."""
    if user is None:
        return None
    stand_in = copy.copy(user)
    stand_in._state = copy.copy(user._state)
    stand_in._state.fields_cache = {}
    stand_in.pk, stand_in.unit_id = PERSON, user.unit_id and UNIT
    return stand_in
