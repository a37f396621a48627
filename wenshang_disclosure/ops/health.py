"""Health checks and metrics for monitoring."""

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

from wenshang_disclosure.core.web import addresses, static_files
from wenshang_disclosure.core.web.timeouts import ask_all
from wenshang_disclosure.work.models import Job

from . import metrics, prometheus
from .backup import encryption

CHECKS_TIMEOUT_SECONDS = 2
"""Time limit of all checks together."""
NO_KEY = "warning: not set, backups are not encrypted"
NOBODY_WORKS = "warning: background work stands still, start wenshang-work.timer or wenshang-worker"


@require_safe
def healthz(request):
    """Return 200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """Return whether the service is ready, as JSON; 503 if it is not.

    Who asks on the machine itself or with METRICS_TOKEN is told the state of each dependency, and warned of backups
    that are not encrypted and of background work that stands still; pages work all the same.
    """
    answers = ask_all({**CHECKS, "work": _stands_still}, CHECKS_TIMEOUT_SECONDS)
    stands_still = answers.pop("work")
    is_ready = all(answers.values())
    told = {"status": "ok" if is_ready else "failed"}
    if addresses.is_own_machine(request) or _has_token(request):
        told |= {name: "ok" if answers[name] else "failed" for name in CHECKS}
        told["backup_key"] = "ok" if encryption.has_key() else NO_KEY
        told["work"] = NOBODY_WORKS if stands_still else "ok"
    return JsonResponse(told, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics_page(request):
    """Return Prometheus metrics to clients with METRICS_TOKEN; 404 if none is configured."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _has_token(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.written(prometheus.StateCollector()), content_type=CONTENT_TYPE_LATEST)


def _has_token(request):
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())


def _database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _storage():
    """Write to the evidence folder, or list the bucket."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.listdir("")
        return True
    folder = Path(default_storage.location)
    if not folder.exists():
        folder = folder.parent  # created with the first upload
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b".")
    return True


_migrated = False


def _migrations():
    """Return whether all migrations are applied; cached once true."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


_collected = False


def _static_files():
    """Return whether all static files are collected; cached once true."""
    global _collected
    _collected = _collected or not static_files.uncollected()
    return _collected


def _disk():
    return shutil.disk_usage(settings.DATA_DIR).free >= settings.DISK_LEAST_FREE_MB * 1024 * 1024


def _stands_still():
    return Job.objects.standing().exists()


def _cache():
    cache.get("readyz")
    return True


CHECKS = {
    "database": _database,
    "storage": _storage,
    "migrations": _migrations,
    "static_files": _static_files,
    "disk": _disk,
    "cache": _cache,
}
