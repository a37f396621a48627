"""How gunicorn serves the product. A wrong setting stops it here with one line, before any worker starts.

Where systemd hands over a socket (wenshang.socket), that is listened on and WEB_LISTEN is not used.
"""

import gc
import os
import sys
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

try:
    from wenshang_disclosure import settings
except ImproperlyConfigured as error:
    sys.stderr.write(f"settings: {error}\n")
    sys.exit(2)

bind = settings.WEB_LISTEN
backlog = 2048
worker_class = "gthread"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
preload_app = True  # a new worker is there at once and shares memory; a new release or setting takes a restart
max_requests = 5000  # a worker is replaced now and then, not all at once: whatever leaks goes with it
max_requests_jitter = 1000
timeout = 120  # a worker that does not even turn to its threads is ended
graceful_timeout = 30
umask = 0o027
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108, a heartbeat must not wait for a disk
control_socket_disable = True
proc_name = "wenshang-disclosure"

accesslog = None  # addresses may hold a secret (/calendar/…); the application logs each request by its view
loglevel = settings.LOGGING["root"]["level"].lower()
logconfig_dict = settings.LOGGING

if settings.METRICS_TOKEN:
    counts = Path(os.environ.get("RUNTIME_DIRECTORY") or tempfile.gettempdir()) / f"wenshang-counts-{os.getpid()}"
    counts.mkdir(mode=0o700, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(counts)


def when_ready(server):
    """Take what was loaded out of garbage collection, which would otherwise stop a worker for 150 ms now and then, and
    write to the memory that the workers share.
    """
    gc.collect()
    gc.freeze()


def pre_fork(server, worker):
    """Return the worker the lowest number that no living one has."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(number for number in range(len(taken) + 1) if number not in taken)


def post_fork(server, worker):
    """Let it go on with the counts of the worker that had the number before."""
    from wenshang_disclosure.ops import metrics

    metrics.count_as(worker.slot)
