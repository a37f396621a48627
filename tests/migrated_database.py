"""A migrated, empty database that test databases are copies of, since migrating takes twenty seconds."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import django
import psycopg2
from django.apps import apps
from django.conf import settings
from psycopg2 import sql

MAKING = "_being_made"


def copy_file(to):
    """Put a copy of the migrated SQLite file at the path `to`; others who want it meanwhile wait."""
    kept = Path(tempfile.gettempdir()) / f"{name()}.sqlite3"
    with Path(f"{kept}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            making = Path(f"{kept}{MAKING}")
            making.unlink(missing_ok=True)
            _migrate(f"sqlite:///{making}")
            making.rename(kept)
    shutil.copyfile(kept, to)


def name():
    """Return the name of the database for the migrations as they are."""
    seen = hashlib.sha256(django.__version__.encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted((settings.BASE_DIR / app.path).glob("migrations/*.py")):
            seen.update(path.name.encode() + path.read_bytes())
    return f"test_migrated_{seen.hexdigest()[:16]}"


def make_template(database):
    """Return the name of the PostgreSQL database, made if it is not there yet; others who want it meanwhile wait.

    `database` are the settings of the database beside which it stands.
    """
    wanted = name()
    with closing(_connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [wanted])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [wanted])
        if not cursor.fetchone():
            making, final = sql.Identifier(wanted + MAKING), sql.Identifier(wanted)
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(making))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(making))
            _migrate(_url(database, wanted + MAKING))
            cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(making, final))
    return wanted


def _connect(database):
    asked = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    account = {key: database[name] for key, name in asked.items() if database[name]}
    connection = psycopg2.connect(dbname="postgres", **account)  # the one database in which all see each other's lock
    connection.autocommit = True
    return connection


def _url(database, name):
    account = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgres://{account}@{database['HOST']}:{database['PORT'] or 5432}/{name}"


def _migrate(url):
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run(command, check=True, cwd=settings.BASE_DIR, env=environment)
