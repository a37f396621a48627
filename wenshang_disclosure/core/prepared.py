"""Counts whose SQL is compiled once in a process: for what every page counts, compiling costs more than counting."""

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
    key = (name, connection.alias, user.role, user.unit_id is None, timezone.localdate(), depends_on)
    if key not in _compiled:
        if len(_compiled) >= MAX_KEPT:
            _compiled.clear()
        _compiled[key] = _compile(rows(_stand_in(user)))
    sql, params = _compiled[key]
    if not sql:
        return 0
    ids = {UNIT: user.unit_id, PERSON: user.pk}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({sql}) AS counted", [ids.get(value, value) for value in params])  # noqa: S608
        return cursor.fetchone()[0]


def _compile(rows):
    """Return SQL and values of a queryset, no SQL where it can have no rows."""
    try:
        return rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "", ()


def _stand_in(user):
    """Return a copy of the user with the values that stand for ids."""
    stand_in = copy.copy(user)
    stand_in._state = copy.copy(user._state)
    stand_in._state.fields_cache = {}
    stand_in.pk, stand_in.unit_id = PERSON, user.unit_id and UNIT
    return stand_in
