"""One log line a request: which page, how it ended, how long it and its database took; never its address or content."""

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connections
from django.dispatch import receiver

from . import metrics

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ASKED_BY_MACHINES = frozenset({"healthz", "readyz", "metrics"})
"""Pages that a watcher asks for every few seconds: their lines are for LOG_LEVEL=DEBUG."""

log = logging.getLogger("wenshang.request")


@dataclass
class DatabaseTime:
    """Counts the queries of one request and the time they took, in seconds."""

    queries: int = 0
    seconds: float = 0.0

    def __call__(self, execute, sql, params, many, context):
        """Run one query and count it."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - began


class RequestLog:
    """Stands just inside the middleware that numbers the request. A slow request's line is a warning."""

    def __init__(self, get_response):
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request):
        """Answer, then write the line; every line written in between carries the request's number."""
        began, database = time.perf_counter(), DatabaseTime()
        with structlog.contextvars.bound_contextvars(request=request.number), ExitStack() as watched:
            for connection in connections.all():
                watched.enter_context(connection.execute_wrapper(database))
            response = self.get_response(request)
            self._notify(request, response, time.perf_counter() - began, database)
        return response

    def _notify(self, request, response, seconds, database):
        view, method = _view(request), request.method if request.method in METHODS else "other"
        is_slow = seconds * 1000 >= settings.SLOW_REQUEST_MS
        level = logging.WARNING if is_slow else logging.DEBUG if view in ASKED_BY_MACHINES else logging.INFO
        fields = {
            "view": view,
            "method": method,
            "status": response.status_code,
            "ms": round(seconds * 1000),
            "database_ms": round(database.seconds * 1000),
            "queries": database.queries,
            "user": _user(request),
        }
        log.log(level, "slow request" if is_slow else "request", extra=fields)
        if settings.METRICS_TOKEN:
            metrics.count_request(view, method, response.status_code, seconds, database.seconds)


def _view(request):
    return request.resolver_match.view_name if request.resolver_match else "-"


def _user(request):
    """Return the number of who is signed in, without asking the database for it."""
    return getattr(getattr(request, "_cached_user", None), "pk", None)


@receiver(got_request_exception)
def tell_of_fault(request=None, **kwargs):
    """Write where a request broke, with the number that its error page shows."""
    log.error("request %s failed", getattr(request, "number", "-"), exc_info=True)
