"""For whoever runs the server: is the process there, and can it work."""

import logging

from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)


@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """Database, migrations and storage, each by name; 503 where one is not ready. Says nothing else."""
    checks = {"database": _database(), "storage": _storage()}
    checks["migrations"] = checks["database"] and _migrations()
    return JsonResponse(
        {name: "ok" if good else "failed" for name, good in checks.items()}, status=200 if all(checks.values()) else 503
    )


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations():
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _storage():
    try:
        default_storage.listdir("")
    except FileNotFoundError:
        return True  # made with the first upload
    except Exception as error:  # each kind of storage has errors of its own
        log.warning("the storage does not answer: %s", error)
        return False
    return True
