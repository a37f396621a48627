"""Letting one go at a time what no row stands for yet."""

from django.db import connection


def one_at_a_time(*names):
    """Wait until nobody else holds these names, and hold them until the transaction ends, in the order given.

    On SQLite the transaction itself is the lock: it begins IMMEDIATE.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
