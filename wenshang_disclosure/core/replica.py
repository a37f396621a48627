"""Routing of report pages to a read replica (PostgreSQL streaming replication), if one is configured.

Only reading pages of `reports` use it: they are the most expensive ones, and figures a few seconds old are
acceptable. After a write a browser reads from the primary for some seconds, so that people see their own changes.
A replica that is unavailable or behind is not used until it has caught up.
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
"""Name of the cookie of a browser that has just written."""

log = logging.getLogger(__name__)
_reading = ContextVar("reading_from_replica", default=False)


class ReadReplica:
    """Database router: reads of the domain's models go to the replica within `reading()`, all else to the primary."""

    def db_for_read(self, model, **hints):
        return ALIAS if _reading.get() and model._meta.app_label in APPS else DEFAULT_DB_ALIAS

    def db_for_write(self, model, **hints):
        """Return the primary, also for records read from the replica."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first, second, **hints):
        """Allow relations between both databases, as they hold the same data."""
        return True

    def allow_migrate(self, db, app_label, **hints):
        """Allow migrations on the primary only; replication carries them over."""
        return db != ALIAS


@contextmanager
def reading():
    """Read models of the domain from the replica within the block."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


class ReplicaMiddleware:
    """Innermost middleware: reads pages of `reports` from the replica, and marks browsers that have just written."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Read from the replica while the view runs and while a streamed response is produced."""
        token = _reading.set(False)
        try:
            response = self.get_response(request)
            if _reading.get() and response.streaming:
                response.streaming_content = _stream_reading(response.streaming_content)
        finally:
            _reading.reset(token)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _remember_writing(response)
        return response

    def process_view(self, request, view, args, kwargs):
        """Switch to the replica for reading pages of `reports`."""
        if _may_read_replica(request, view) and replica.is_usable():
            _reading.set(True)


def _remember_writing(response):
    seconds, secure = settings.REPLICA_WAIT_SECONDS, settings.SESSION_COOKIE_SECURE
    response.set_cookie(WROTE, "1", max_age=seconds, httponly=True, samesite="Lax", secure=secure)


def _may_read_replica(request, view):
    is_report = getattr(view, "__module__", "").startswith("reports.")
    return is_report and request.method in ("GET", "HEAD") and WROTE not in request.COOKIES


def _stream_reading(pieces):
    """Yield the chunks of a streamed response, each produced within `reading()`."""
    pieces = iter(pieces)
    while True:
        with reading():
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


@dataclass
class Replica:
    """State of the replica as one process knows it.

    It is usable if it has replayed what the primary had written at the previous check.
    """

    CHECK_INTERVAL_SECONDS = 5

    checked_at: float = float("-inf")
    primary_position: int = -1
    usable: bool = False

    def is_usable(self):
        """Return whether the replica may be read; check again after `CHECK_INTERVAL_SECONDS`."""
        now = time.monotonic()
        if now - self.checked_at >= self.CHECK_INTERVAL_SECONDS:
            is_fresh = now - self.checked_at < 2 * self.CHECK_INTERVAL_SECONDS
            was, self.usable = self.usable, self._check(is_fresh)
            self.checked_at = now
            if was != self.usable:
                log.warning("The read replica is %s.", "used" if self.usable else "behind or away, the primary is read")
        return self.usable

    def _check(self, is_fresh):
        primary = _position(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()")
        wanted = self.primary_position if is_fresh and self.primary_position >= 0 else primary
        self.primary_position = primary
        try:
            return _position(ALIAS, "pg_last_wal_replay_lsn()") >= wanted
        except DatabaseError:
            connections[ALIAS].close()
            return False


def _position(alias, function):
    """Return the WAL position of a database in bytes, -1 if it is not a streaming replica."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(pg_wal_lsn_diff({function}, '0/0'), -1)")  # noqa: S608, names of ours
        return int(cursor.fetchone()[0])


replica = Replica()
