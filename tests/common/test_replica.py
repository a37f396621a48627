"""Report pages read from a streaming replica of PostgreSQL, and from the primary whenever the replica will not do."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))

pytestmark = [
    pytest.mark.skipif(not BINARIES, reason="needs the programs of a PostgreSQL server"),
    pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="starts PostgreSQL as its own user, from root"),
]


class Cluster:
    """A PostgreSQL of the test's own in a folder of its own."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, program, *arguments, check=True):
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", str(BINARIES[-1] / program)]
        subprocess.run([*command, *arguments], check=check, capture_output=True, timeout=60)

    def start(self):
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=16MB"
        log = str(self.folder) + ".log"
        self.run("pg_ctl", "-D", str(self.folder), "-o", settings, "-l", log, "-w", "start")

    def stop(self):
        self.run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop", check=False)


@pytest.fixture(scope="module")
def clusters(tmp_path_factory):
    """A primary, and a replica that streams from it."""
    root = tmp_path_factory.mktemp("clusters")
    for folder in (root, *root.parents):
        if folder.stat().st_uid == 0 and str(folder).count("/") > 1:
            folder.chmod(0o755)
    shutil.chown(root, "postgres")
    primary, replica = Cluster(root / "primary"), Cluster(root / "replica")
    primary.run("initdb", "-D", str(primary.folder), "-A", "trust", "-N", "--no-instructions")
    primary.start()
    try:
        primary.run("pg_basebackup", "-d", primary.url, "-D", str(replica.folder), "-R", "-X", "stream", "-c", "fast")
        replica.start()
        yield primary, replica
        replica.stop()
    finally:
        primary.stop()


def test_report_pages_read_from_the_replica_and_get_on_without_it(clusters, tmp_path):
    primary, replica = clusters

    played = subprocess.run(
        [sys.executable, "-m", "tests.common.replica_plays", str(replica.folder)],
        env={
            **os.environ,
            "DATABASE_URL": primary.url,
            "DATABASE_REPLICA_URL": replica.url,
            "DATA_DIR": str(tmp_path),
            "DEBUG": "0",
            "SECRET_KEY": "k" * 60,
            "BEHIND_TLS": "0",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert played.stdout.splitlines() == [
        "dashboard from the replica: 200, read there",
        "duties from the primary: 200",
        "dashboard of who has just written: 200",
        "dashboard some seconds later: 200, read there",
        "package that is made while it is sent: 200, read there",
        "dashboard while the replica does not follow: 200",
        "dashboard once it follows again: 200, read there",
        "dashboard while the replica is away: 200",
        "replica refuses to be written to",
    ], played.stderr
