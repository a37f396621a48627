"""Queries whose SQL is compiled once in a process: for what every page asks, compiling costs more than asking."""

import copy

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

UNIT, PERSON = -2_000_000_001, -2_000_000_002
"""Values that stand for the unit and the person in compiled SQL; no id is negative."""
MAX_KEPT = 500
_compiled = {}


def count_for(user, name, rows, *depends_on):
    """Return the number of rows of the queryset `rows(user)`, as of today.

    The queryset may depend on the id, unit and role of the user, on the day, and on what is named in `depends_on`,
    which is hashable; it is compiled anew when one but the ids changes. `name` tells it from others.
    """
    [(number,)] = _asked(user, name, rows, ("pk",), depends_on, "SELECT COUNT(*) FROM ({}) AS counted") or [(0,)]
    return number


def values_for(user, name, rows, fields, *depends_on):
    """Return the values of `fields` in the rows of such a queryset, as tuples in no order."""
    return _asked(user, name, rows, fields, depends_on, "{}")


def _asked(user, name, rows, fields, depends_on, words):
    key = (name, connection.alias, user.role, user.unit_id is None, timezone.localdate(), fields, depends_on)
    if key not in _compiled:
        if len(_compiled) >= MAX_KEPT:
            _compiled.clear()
        _compiled[key] = _compile(rows(_stand_in(user)), fields)
    sql, params = _compiled[key]
    if not sql:
        return []
    ids = {UNIT: user.unit_id, PERSON: user.pk}
    with connection.cursor() as cursor:
        cursor.execute(words.format(sql), [ids.get(value, value) for value in params])
        return cursor.fetchall()


def _compile(rows, fields):
    """Return SQL and values of a queryset, no SQL where it can have no rows."""
    try:
        return rows.order_by().values(*fields).query.sql_with_params()
    except EmptyResultSet:
        return "", ()


def _stand_in(user):
    """Return a copy of the user with the values that stand for ids."""
    stand_in = copy.copy(user)
    stand_in._state = copy.copy(user._state)
    stand_in._state.fields_cache = {}
    stand_in.pk, stand_in.unit_id = PERSON, user.unit_id and UNIT
    return stand_in
