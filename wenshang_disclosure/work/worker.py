"""The loop that carries out jobs: as a process of its own, on a timer, or in a thread of a trial server."""

import logging
import threading

from django.db import DatabaseError, close_old_connections, connection

from .running import work_one

IDLE_SECONDS = 2
SETBACK_SECONDS = 30
QUERY_LIMIT = "15min"
"""Time limit of one query of a job; a page's query may take a minute (settings)."""

log = logging.getLogger(__name__)


class Worker:
    """Carries out one job after the other until it is told to `stop`; then it ends after the present one."""

    def __init__(self):
        self._stopping = threading.Event()

    def stop(self, *args):
        """End after the present job; takes the arguments of a signal handler."""
        self._stopping.set()

    def run(self, *, once=False):
        """Carry out what waits and go on waiting for more, with `once` only what waits; return the number of jobs."""
        number = 0
        while not self._stopping.is_set():
            if self._work():
                number += 1
            elif once:
                break
            else:
                self._stopping.wait(IDLE_SECONDS)
        return number

    def _work(self):
        """Carry out one job; return whether there was one. An outage of the database is waited for."""
        if not connection.in_atomic_block:  # in the transaction of a caller, as a test is, the connection stays
            close_old_connections()
        try:
            _give_queries_time()
            return work_one() is not None
        except DatabaseError as error:
            log.warning("the database does not answer, work goes on later", exc_info=error)
            connection.close()
            self._stopping.wait(SETBACK_SECONDS)
            return False


def _give_queries_time():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{QUERY_LIMIT}'")


def work_in_thread():
    """Carry out jobs in a thread of this process, for a trial that is one command (`make run`)."""
    threading.Thread(target=Worker().run, name="background work", daemon=True).start()
