"""Dead rows: what rolled back and emptied tables leave in PostgreSQL, taken out now and then while the tests run.

A server that does not do so by itself reads more of them with every test, and plans as if its tables were large.
"""

import contextlib

import psycopg2
from django.db import connection

ENOUGH = 100
"""How many tests leave as many as are worth the third of a second that it takes."""
OF_REAL_TRANSACTIONS = 10
"""As how many tests one counts that commits its rows."""

_left = 0


def count(item):
    """Count a test; take out what was left before it, if that is enough and no transaction is open."""
    global _left
    _left += OF_REAL_TRANSACTIONS if _commits(item) else 1
    is_ready = connection.vendor == "postgresql" and connection.connection and not connection.in_atomic_block
    if _left >= ENOUGH and is_ready:
        _left = 0
        _take_out()


def _commits(item):
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(mark and mark.kwargs.get("transaction"))


def _take_out():
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params())) as other:
        other.autocommit = True
        with other.cursor() as cursor:
            cursor.execute("VACUUM")
