"""Reads of the report pages from a copy of the database (PostgreSQL streaming replica), where one is set up.

Only reading pages of `reports` go there: they are the heavy ones, and a figure that is some seconds old is still true
of its evening. Whoever has just written reads the primary for some seconds, so that nobody misses their own step. A
copy that is away or behind is left alone until it is back.
"""

import logging
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

ALIAS = "replica"
APPS = frozenset({"departments", "tasks", "reports"})
WROTE = "wrote"
"""The cookie of a browser that has just changed something."""

log = logging.getLogger(__name__)
_reading = ContextVar("reading_from_replica", default=False)


class ReadReplica:
    """Database router: reads of the domain go to the copy within `reading()`, everything else to the primary."""

    def db_for_read(self, model, **hints):
        """Return the copy for what a report page reads."""
        return ALIAS if _reading.get() and model._meta.app_label in APPS else DEFAULT_DB_ALIAS

    def db_for_write(self, model, **hints):
        """Return the primary, also for a record that was read from the copy."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first, second, **hints):
        """Let records of both stand together: they are the same data."""
        return True

    def allow_migrate(self, db, app_label, **hints):
        """Migrate the primary only; the copy follows by itself."""
        return db != ALIAS


@contextmanager
def reading():
    """Within the block, what is read of the domain is read from the copy."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


class ReportsFromReplica:
    """Stands innermost. Sends the reading pages of `reports` to the copy, and remembers for a while who wrote."""

    def __init__(self, get_response):
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request):
        """Read from the copy for as long as the view takes; mark the browser that changed something."""
        token = _reading.set(False)
        try:
            response = self.get_response(request)
            if _reading.get() and response.streaming:
                response.streaming_content = _read_in_pieces(response.streaming_content)
        finally:
            _reading.reset(token)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _remember_writing(response)
        return response

    def process_view(self, request, view, args, kwargs):
        """Turn to the copy for a reading page of `reports`."""
        if _may_read_the_copy(request, view) and copy.is_usable():
            _reading.set(True)


def _remember_writing(response):
    seconds, secure = settings.REPLICA_WAIT_SECONDS, settings.SESSION_COOKIE_SECURE
    response.set_cookie(WROTE, "1", max_age=seconds, httponly=True, samesite="Lax", secure=secure)


def _may_read_the_copy(request, view):
    is_report = getattr(view, "__module__", "").startswith("reports.")
    return is_report and request.method in ("GET", "HEAD") and WROTE not in request.COOKIES


def _read_in_pieces(pieces):
    """Return the pieces of an answer that is made while it is sent, each made within `reading()`."""
    pieces = iter(pieces)
    while True:
        with reading():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


@dataclass
class Copy:
    """What one process knows of the copy: it is usable while it has all that the primary had at the look before."""

    LOOKED_AT_EVERY = 5  # seconds

    looked_at: float = float("-inf")
    primary_was_at: int = -1
    usable: bool = False

    def is_usable(self):
        """Return whether the copy may be read, looking anew when the last look is some seconds old."""
        now = time.monotonic()
        if now - self.looked_at >= self.LOOKED_AT_EVERY:
            was, self.usable = self.usable, self._look(is_fresh=now - self.looked_at < 2 * self.LOOKED_AT_EVERY)
            self.looked_at = now
            if was != self.usable:
                log.warning("The read replica is %s.", "used" if self.usable else "behind or away, the primary is read")
        return self.usable

    def _look(self, is_fresh):
        primary = _position(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()")
        wanted = self.primary_was_at if is_fresh and self.primary_was_at >= 0 else primary
        self.primary_was_at = primary
        try:
            return _position(ALIAS, "pg_last_wal_replay_lsn()") >= wanted
        except DatabaseError:
            connections[ALIAS].close()
            return False


def _position(alias, function):
    """Return how far that database is in the log of changes, in bytes; -1 where it is no streaming copy."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(pg_wal_lsn_diff({function}, '0/0'), -1)")  # noqa: S608, names of ours
        return int(cursor.fetchone()[0])


copy = Copy()
