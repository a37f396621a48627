"""How gunicorn serves the product. A wrong setting stops it here, before any worker starts.

Where systemd hands over a socket (wenshang.socket), that is listened on and WEB_LISTEN is not used.
"""

import os
import shutil
import tempfile
from pathlib import Path

from wenshang_disclosure import settings

bind = settings.WEB_LISTEN
backlog = 2048
worker_class = "gthread"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
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

METRICS = Path(os.environ.get("RUNTIME_DIRECTORY") or tempfile.gettempdir()) / f"wenshang-metrics-{os.getuid()}"
if settings.METRICS_TOKEN:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)


def on_starting(server):
    """Begin the counts anew with each start of the server."""
    if settings.METRICS_TOKEN:
        shutil.rmtree(METRICS, ignore_errors=True)
        METRICS.mkdir(mode=0o700)


def pre_fork(server, worker):
    """Give the worker the lowest number that no living one has: its counts go on in the file of the one before."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(number for number in range(len(taken) + 1) if number not in taken)


def post_fork(server, worker):
    """Count into that file, so that there are never more of them than workers."""
    if settings.METRICS_TOKEN:
        from prometheus_client import values

        values.ValueClass = values.MultiProcessValue(lambda: worker.slot)
