"""PostgreSQL servers of a test's own, which it may restart and kill."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def why_not():
    """Say why no cluster can be started here, empty where one can."""
    if not BINARIES:
        return "needs the programs of a PostgreSQL server"
    if os.name != "posix" or os.geteuid() != 0:
        return "starts PostgreSQL as its own user, from root"
    return ""


def make_readable(root):
    """Let the user of PostgreSQL reach a temporary folder, and own it."""
    for folder in (root, *root.parents):
        if folder.stat().st_uid == 0 and str(folder).count("/") > 1:
            folder.chmod(0o755)
    shutil.chown(root, "postgres")


class Cluster:
    """A PostgreSQL of the test's own in a folder of its own."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder

    @property
    def url(self):
        return self.url_of("postgres")

    def url_of(self, database):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, program, *arguments, check=True):
        command = [*AS_POSTGRES, str(BINARIES[-1] / program)]
        subprocess.run([*command, *arguments], check=check, capture_output=True, timeout=60)

    def sql(self, *statements):
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-d", "postgres", "-v", "ON_ERROR_STOP=1"]
        for statement in statements:
            self.run("psql", *where, "-c", statement)

    def make(self):
        self.run("initdb", "-D", str(self.folder), "-A", "trust", "-N", "--no-instructions")

    def start(self):
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=16MB"
        log = str(self.folder) + ".log"
        self.run("pg_ctl", "-D", str(self.folder), "-o", settings, "-l", log, "-w", "start")

    def stop(self, how="immediate"):
        self.run("pg_ctl", "-D", str(self.folder), "-m", how, "-w", "stop", check=False)

    def kill(self):
        """Kill the server's first process at once; its children end when they notice."""
        pid = int((self.folder / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
