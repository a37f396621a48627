"""Request log: one line per request with view, status and times; never URL or content."""

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
from .logs import unknown_host

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PROBES = frozenset({"healthz", "readyz", "metrics"})
"""Views polled by monitoring, logged at DEBUG only."""

log = logging.getLogger("wenshang.request")


@dataclass
class DatabaseTime:
    """Execute wrapper that counts the queries of a request and their time in seconds."""

    queries: int = 0
    seconds: float = 0.0

    def __call__(self, execute, sql, params, many, context):
        """Execute a query and measure it."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - began


class RequestLogMiddleware:
    """Writes the log line of each request, as a warning if it was slow; runs after `RequestIdMiddleware`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Log the request; every line logged meanwhile carries its id."""
        began, database = time.perf_counter(), DatabaseTime()
        with structlog.contextvars.bound_contextvars(request=request.number), ExitStack() as watched:
            for connection in connections.all():
                watched.enter_context(connection.execute_wrapper(database))
            response = self.get_response(request)
            self._log_request(request, response, time.perf_counter() - began, database)
        return response

    def _log_request(self, request, response, seconds, database):
        view, method = _view(request), request.method if request.method in METHODS else "other"
        is_slow = seconds * 1000 >= settings.SLOW_REQUEST_MS
        level = logging.WARNING if is_slow else logging.DEBUG if view in PROBES else logging.INFO
        fields = {
            "view": view,
            "method": method,
            "status": response.status_code,
            "ms": round(seconds * 1000),
            "database_ms": round(database.seconds * 1000),
            "queries": database.queries,
            "user": _user(request),
            "host": unknown_host(request) if response.status_code == 400 else None,
        }
        log.log(level, "slow request" if is_slow else "request", extra=fields)
        if settings.METRICS_TOKEN:
            metrics.count_request(view, method, response.status_code, seconds, database.seconds)


def _view(request):
    return request.resolver_match.view_name if request.resolver_match else "-"


def _user(request):
    """Return the id of the signed-in user without a query."""
    return getattr(getattr(request, "_cached_user", None), "pk", None)


@receiver(got_request_exception)
def log_exception(request=None, **kwargs):
    """Log an unhandled exception with the request id shown on its error page."""
    log.error("request %s failed", getattr(request, "number", "-"), exc_info=True)
