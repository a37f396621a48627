"""For whoever runs the server: is the process there, can it work, and how does it do."""

import secrets
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from wenshang_disclosure.core.web.timeouts import ask_all

from . import metrics, prometheus

PATIENCE = 2
"""Seconds that all checks have together."""


@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """Tell of each thing that the work needs by name; 503 where one is not ready. Says nothing else."""
    answers = ask_all(CHECKS, PATIENCE)
    told = {name: "ok" if answers[name] else "failed" for name in CHECKS}
    return JsonResponse(told, status=200 if all(answers.values()) else 503)


@never_cache
@require_safe
def watched(request):
    """Return the counts and gauges to whoever has METRICS_TOKEN; there is no such page where none is set."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.written(prometheus.Gauges()), content_type=CONTENT_TYPE_LATEST)


def _database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _storage():
    """Write to the folder of evidence, or read from it where it is no folder of ours."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.listdir("")
        return True
    folder = Path(default_storage.location)
    if not folder.exists():
        folder = folder.parent  # it is made with the first upload
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b".")
    return True


_migrated = False


def _migrations():
    """Whether all migrations ran. They are not undone while a process lives, so a yes is kept."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _disk():
    return shutil.disk_usage(settings.DATA_DIR).free >= settings.DISK_LEAST_FREE_MB * 1024 * 1024


def _cache():
    cache.get("readyz")
    return True


CHECKS = {"database": _database, "storage": _storage, "migrations": _migrations, "disk": _disk, "cache": _cache}
