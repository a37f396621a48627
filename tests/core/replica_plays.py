"""Scenarios on a real primary and its replica; prints which one each response was read from. Run by test_replica.py."""

# ruff: noqa: E402

import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "wenshang_disclosure.settings"

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.test import Client
from django.test.utils import setup_test_environment

from tests.world import build_county
from wenshang_disclosure.core.replica import WROTE, Replica

CHECK_SECONDS = 0.3
Replica.CHECK_INTERVAL_SECONDS = CHECK_SECONDS
QUERIES = {"replica": 0}
FOLLOWS = "SELECT pg_last_wal_replay_lsn() >= %s"


def count(execute, sql, params, many, context):
    QUERIES["replica"] += "FROM" in sql and '"' in sql  # what the ORM asks, not the look at the position
    return execute(sql, params, many, context)


def caught_up():
    """Wait until the replica has replayed what the primary has now."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        position = cursor.fetchone()[0]
    with connections["replica"].cursor() as cursor:
        for _ in range(200):
            cursor.execute(FOLLOWS, [position])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise SystemExit("The replica does not follow.")


def looked_anew():
    time.sleep(CHECK_SECONDS * 1.1)


def tell(what, response):
    list(response.streaming_content) if response.streaming else response.content
    print(f"{what}: {response.status_code}{', read there' if QUERIES['replica'] else ''}")
    QUERIES["replica"] = 0


def on_replica(sql):
    with connections["replica"].cursor() as cursor:
        cursor.execute(sql)


def play(client, county, replica_folder):
    """Request pages while the replica follows, lags and is gone."""
    dashboard = "/dashboard/"
    tell("dashboard from the replica", client.get(dashboard))
    tell("duties from the primary", client.get("/assignments/"))
    client.post("/notifications/read/")
    tell("dashboard of who has just written", client.get(dashboard))
    del client.cookies[WROTE]  # as the browser does after REPLICA_WAIT_SECONDS
    caught_up()
    looked_anew()
    tell("dashboard some seconds later", client.get(dashboard))
    tell("package that is made while it is sent", client.get("/exports/evidence.zip"))
    on_replica("SELECT pg_wal_replay_pause()")
    type(county.plan).objects.update(title="改动后的分解表")
    looked_anew()
    client.get(dashboard)
    looked_anew()
    QUERIES["replica"] = 0
    tell("dashboard while the replica does not follow", client.get(dashboard))
    on_replica("SELECT pg_wal_replay_resume()")
    caught_up()
    looked_anew()
    tell("dashboard once it follows again", client.get(dashboard))
    os.system(
        f"setpriv --reuid=postgres --clear-groups --regid=postgres kill -INT $(head -1 {replica_folder}/postmaster.pid)"
    )
    time.sleep(1)
    looked_anew()
    tell("dashboard while the replica is away", client.get(dashboard))


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    setup_test_environment()
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    county = build_county()
    client = Client()
    client.force_login(county.people["office"])
    caught_up()
    with connections["replica"].execute_wrapper(count):
        try:
            on_replica("CREATE TABLE written (id int)")
        except DatabaseError:
            refused = "replica refuses to be written to"
        play(client, county, sys.argv[1])
    print(refused)
