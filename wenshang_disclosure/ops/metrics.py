"""What is counted of requests for Prometheus: by view and status, never by path, person or address.

With several workers each writes its counts to files of its own in `PROMETHEUS_MULTIPROC_DIR`, and whichever is asked
adds them up. The files are numbered, so that a new worker goes on with those of the one before: Prometheus' own way
leaves files for each process that ever lived. deploy/gunicorn.conf.py sets it up.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, values
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds

_slot = "main"


def count_as(slot):
    """Count into the files of this number from here on."""
    global _slot
    _slot = slot


if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    values.ValueClass = values.MultiProcessValue(lambda: _slot)

REQUESTS = Counter("wenshang_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram("wenshang_request_seconds", "Time from request to answer.", ["view"], buckets=BUCKETS)
DATABASE_SECONDS = Counter("wenshang_request_database_seconds", "Time spent waiting for the database.", ["view"])


def count_request(view, method, status, seconds, database_seconds):
    """Count one answered request."""
    REQUESTS.labels(view, method, status).inc()
    SECONDS.labels(view).observe(seconds)
    DATABASE_SECONDS.labels(view).inc(database_seconds)


def written(*collectors):
    """Return everything counted, and what `collectors` tell, in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)
