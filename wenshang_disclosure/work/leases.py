"""Leases of jobs: whoever carries one out says again and again that they still do, and how far they are."""

import logging
import threading
import time
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from .choices import JobState
from .models import Job

LEASE = timedelta(seconds=60)
"""A job whose holder has not been heard of for so long is taken up by another."""
BEAT_SECONDS = 2
MAX_SECONDS = 2 * 3600
"""A job that takes longer hangs: its lease is not prolonged any more."""

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another process has taken the job up; what this one made of it is thrown away."""


@transaction.atomic
def take():
    """Take up a job that waits or was left; return it, leased, or `None` where there is none.

    On PostgreSQL rows that others are taking are passed over; on SQLite one transaction at a time writes.
    """
    now = timezone.now()
    job = Job.objects.to_take(now).select_for_update(skip_locked=True).first()
    if job is not None:
        job.state, job.leased_until = JobState.RUNNING, now + LEASE
        job.started_at, job.done, job.of = now, 0, 0
        job.attempts += 1
        job.save(update_fields=["state", "leased_until", "started_at", "done", "of", "attempts"])
    return job


def held(job):
    """Return the row of a job, locked. Raises `LeaseLost` if another process has taken it up."""
    row = Job.objects.select_for_update().filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).first()
    if row is None:
        raise LeaseLost
    return row


class Lease:
    """The lease of a job for the length of a block, prolonged by a thread; a listener to `core.progress`."""

    def __init__(self, job):
        self.job, self.done, self.of, self.lost = job, 0, 0, False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease of job {job.pk}", daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._ended.set()
        self._thread.join()

    def expect(self, number):
        """Set how much there is to do."""
        self.of = number

    def advance(self, number):
        """Add to what is done. Raises `LeaseLost`."""
        self.done += number
        if self.lost:
            raise LeaseLost

    def tell(self):
        """Prolong the lease and say how far the work is."""
        mine = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, attempts=self.job.attempts)
        self.lost = not mine.update(leased_until=timezone.now() + LEASE, done=self.done, of=self.of)

    def _beat(self):
        until = time.monotonic() + MAX_SECONDS
        try:
            while not self._ended.wait(BEAT_SECONDS) and not self.lost and time.monotonic() < until:
                try:
                    self.tell()
                except DatabaseError as error:  # the lease outlasts a short outage
                    log.warning("the lease of job %s was not prolonged", self.job.pk, exc_info=error)
                    connection.close()
        finally:
            connection.close()
