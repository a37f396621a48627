"""A long file made by background work, in a process of its own: rows, seconds, peak memory, and how often told.

`fill ROWS` copies reports and audit entries until there are so many; `reports` and `audit` let the worker make the file
that an address asks for.
"""

import json
import os
import resource
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
django.setup()

from django.urls import reverse  # noqa: E402

from departments.models import User  # noqa: E402
from reports.views.files.papers import KIND  # noqa: E402
from tasks.models import ProgressReport  # noqa: E402
from wenshang_disclosure.audit.models import AuditEntry  # noqa: E402
from wenshang_disclosure.work import leases  # noqa: E402
from wenshang_disclosure.work.asking import ask  # noqa: E402
from wenshang_disclosure.work.worker import Worker  # noqa: E402

ADDRESSES = {"reports": "reports:export-submitted-reports", "audit": "reports:export-audit"}
BATCH_ROWS = 1000


def fill(count):
    """Copy reports and entries; the copies of entries are numbered, but do not fit the chain, which no list reads."""
    for model, rows in ((ProgressReport, ProgressReport.objects.submitted()), (AuditEntry, AuditEntry.objects)):
        missing, some = count - rows.count(), list(rows.order_by("pk")[:BATCH_ROWS])
        while missing > 0:
            copies = [_copy(one, model, rows.count() + number) for number, one in enumerate(some[:missing], start=1)]
            model.objects.bulk_create(copies, batch_size=BATCH_ROWS)
            missing -= len(copies)


def _copy(row, model, number):
    kept = {
        field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if not field.primary_key
    }
    if model is AuditEntry:
        kept["number"] = number
    return model(**kept)


def make(name):
    """Let the worker make the file; return what it took."""
    told, tell = [], leases.Lease.tell
    leases.Lease.tell = lambda lease: (told.append(lease.done), tell(lease))
    office = User.objects.get(username="load-office")
    what = {"address": reverse(ADDRESSES[name]), "query": "", "post": 0}
    job = ask(KIND, by=office, what=what, title=name)
    before, begun, used = _peak_mb(), time.perf_counter(), time.process_time()
    Worker().run(once=True)
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    job.refresh_from_db()
    return {
        "state": job.state,
        "rows": job.done,
        "seconds": seconds,
        "cpu_seconds": used,
        "size_mb": job.stored.size / 1024**2 if job.stored else 0,
        "peak_mb": _peak_mb(),
        "grown_mb": _peak_mb() - before,
        "told": len(told),
        "message": job.message,
    }


def _peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        print(json.dumps(make(sys.argv[1])))
