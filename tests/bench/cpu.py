"""CPU time of the server and of PostgreSQL, from the scheduler's counts of Linux."""

import os
from pathlib import Path

import psycopg2


class CpuClock:
    """CPU time that the workers of one server and the PostgreSQL backends of one database have used.

    Parallel workers of a query, and connections that end while it runs, are not counted.
    """

    def __init__(self, server_pid, database_url):
        self.server_pid, self.database_url = server_pid, database_url
        self.is_postgres = database_url.startswith("postgres")

    def read(self):
        """Return the milliseconds of each process that lives now: `(workers, backends)`, by process id."""
        workers = Path(f"/proc/{self.server_pid}/task/{self.server_pid}/children").read_text().split()
        return [{pid: _milliseconds(pid) for pid in pids} for pids in (workers, self._backends())]

    def since(self, before):
        """Return the milliseconds that `(server, database)` have used since `before`, an earlier answer of `read`."""
        return [
            sum(taken - then.get(pid, 0) for pid, taken in now.items())
            for now, then in zip(self.read(), before, strict=True)
        ]

    def _backends(self):
        if not self.is_postgres:
            return []
        with psycopg2.connect(self.database_url) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            pids = [pid for (pid,) in cursor.fetchall()]
        connection.close()
        return pids


def _milliseconds(pid):
    """Return the CPU time of all threads of a process; 0 where it has just ended."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        return sum(int(Path(f"/proc/{pid}/task/{one}/schedstat").read_text().split()[0]) for one in threads) / 1e6
    except FileNotFoundError:
        return 0
