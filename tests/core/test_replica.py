"""Report pages are read from a PostgreSQL streaming replica, and from the primary if it is unusable."""

import os
import subprocess
import sys

import pytest

from tests.clusters import Cluster, make_readable, why_not
from tests.environment import skip_or_fail

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def clusters(tmp_path_factory):
    """A primary, and a replica that streams from it."""
    if reason := why_not():
        skip_or_fail(reason)
    root = tmp_path_factory.mktemp("clusters")
    make_readable(root)
    primary, replica = Cluster(root / "primary"), Cluster(root / "replica")
    primary.make()
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
        [sys.executable, "-m", "tests.core.replica_plays", str(replica.folder)],
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
