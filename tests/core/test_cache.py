"""The cache is shared by all workers: in the database, or in Redis if configured."""

import socket
import subprocess
import time

import pytest
from django.core.cache import cache, caches
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.test import override_settings

from tests.environment import need_program


@pytest.mark.django_db
def test_cache_is_a_table_that_migrate_makes():
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE cache_entries")  # Django's own preparation of a test database made it

    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")

    cache.set("key", {"a": "值"}, 60)
    assert cache.get("key") == {"a": "值"}


@pytest.fixture(scope="module")
def redis_server():
    """A Redis of the test's own."""
    program = need_program("redis-server", package="redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.mark.django_db
def test_person_stays_signed_in_with_sessions_in_redis(redis_server, client, county):
    in_redis = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_server}}

    with override_settings(CACHES=in_redis, SESSION_ENGINE="django.contrib.sessions.backends.cache"):
        client.force_login(county.people["office"])
        client.get("/dashboard/")
        answer = client.get("/dashboard/")
        kept = caches["default"]._cache.get_client().keys("*")

    assert answer.status_code == 200
    assert any(b"sessions.cache" in key for key in kept)
