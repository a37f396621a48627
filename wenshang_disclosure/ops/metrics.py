"""Request metrics for Prometheus, by view and status; never by URL, person or address.

Each worker writes its counts to files in `PROMETHEUS_MULTIPROC_DIR`, and the worker that is scraped adds them up.
Files are numbered by slot, so that a new worker continues those of its predecessor; Prometheus' default leaves files
for every process id. deploy/gunicorn.conf.py sets this up.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, values
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds

_slot = "main"


def count_as(slot):
    """Write counts to the files of this slot from now on."""
    global _slot
    _slot = slot


if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    values.ValueClass = values.MultiProcessValue(lambda: _slot)

REQUESTS = Counter("wenshang_requests", "Requests answered.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram("wenshang_request_seconds", "Time from request to answer.", ["view"], buckets=BUCKETS)
DATABASE_SECONDS = Counter("wenshang_request_database_seconds", "Time spent waiting for the database.", ["view"])


def count_request(view, method, status, seconds, database_seconds):
    """Count an answered request; times are in seconds."""
    REQUESTS.labels(view, method, status).inc()
    REQUEST_SECONDS.labels(view).observe(seconds)
    DATABASE_SECONDS.labels(view).inc(database_seconds)


def written(*collectors):
    """Return all counts and those of `collectors` in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)
