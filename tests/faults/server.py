"""The product as in production: several workers, DEBUG off, on a database that was filled once and is copied."""

import json
import os
import shutil
import signal
import tempfile
from pathlib import Path

from tests.bench.server import Installation
from tests.clusters import Cluster, make_readable

WORKERS, THREADS = 3, 4


class Server(Installation):
    """Several workers whose log is kept, and which can be killed one by one."""

    preload = True  # as in deploy/gunicorn.conf.py

    def __init__(self, folder, database_url, temporary=None):
        super().__init__(folder, database_url, workers=WORKERS, threads=THREADS)
        self.folder = Path(folder)
        self.log = self.folder.parent / f"{self.folder.name}.log"
        self.environment["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
        if temporary:
            self.environment["TMPDIR"] = str(temporary)

    def __enter__(self):
        with self.log.open("ab") as log:
            kept = os.dup(2)
            os.dup2(log.fileno(), 2)  # the server inherits it
            try:
                return super().__enter__()
            finally:
                os.dup2(kept, 2)
                os.close(kept)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def worker_ids(self):
        """Return the process ids of the workers there are now."""
        try:
            children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        except FileNotFoundError:
            return []
        return [int(child) for child in children]

    def kill(self, pid):
        """Kill one worker as a machine short of memory would."""
        os.kill(pid, signal.SIGKILL)

    def says(self, sentence):
        """How often the log says something."""
        return self.log.read_text(errors="replace").count(sentence)

    def truth(self):
        """Return what stands in the database and on disk."""
        return json.loads(self.child("tests.faults.truth"))


class Place:
    """Makes installations on one kind of database, each a copy of one that was migrated and filled once."""

    LIAISONS, DUTIES, REVIEWERS, WAITING = 8, 12, 8, 50

    def __init__(self, root, kind):
        self.root, self.kind = Path(root) / kind, kind
        self.root.mkdir()
        self.copies = 0
        self.cluster = Cluster(self.root / "cluster") if kind == "postgresql" else None

    def fill(self):
        """Make the database that the others are copies of."""
        if self.cluster:
            make_readable(self.root)
            self.cluster.make()
            self.cluster.start()
            self.cluster.sql("CREATE DATABASE filled")
        self.filled = Installation(self.root / "filled", self._url("filled"))
        self.filled.manage("migrate", "--verbosity", "0")
        numbers = (self.LIAISONS, self.DUTIES, self.REVIEWERS, self.WAITING)
        self.people = json.loads(self.filled.child("tests.faults.county", *map(str, numbers)))

    def _url(self, name):
        if self.cluster:
            return self.cluster.url_of(name)
        return f"sqlite:///{self.root / name}/wenshang.sqlite3"

    def server(self, *, folder=None, temporary=None, tablespace="pg_default"):
        """Return a server that is not started yet, on a fresh copy; `folder` where its data is to lie elsewhere."""
        name = self._next()
        data = folder or self.root / name
        url = f"sqlite:///{data}/wenshang.sqlite3"
        if self.cluster:
            self.cluster.sql(f"CREATE DATABASE {name} TEMPLATE filled TABLESPACE {tablespace}")
            url = self._url(name)
        shutil.copytree(self.root / "filled", data, dirs_exist_ok=True)
        server = Server(data, url, temporary)
        server.database = name
        return server

    def empty(self):
        """Return folder and address of an empty database."""
        name = self._next()
        (self.root / name).mkdir()
        if self.cluster:
            self.cluster.sql(f"CREATE DATABASE {name}")
        return self.root / name, self._url(name)

    def _next(self):
        self.copies += 1
        return f"copy{self.copies}"

    def close(self):
        if self.cluster:
            self.cluster.stop("fast")


def empty_folder():
    """Return a temporary folder, away from everybody else's."""
    return tempfile.TemporaryDirectory(prefix="wenshang-faults-", ignore_cleanup_errors=True)
