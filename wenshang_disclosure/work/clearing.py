"""Clearing of what jobs made, once it is past its time."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from wenshang_disclosure.files import storage
from wenshang_disclosure.files.models import StoredFile

from .models import Job

REMEMBERED_FOR = timedelta(days=30)
"""How long a person's list says what was made; the audit trail says it for longer."""


def clear():
    """Delete files past their time and forget jobs of long ago; return `(number of files, number of jobs)`.

    A file without a job is what a restore of a backup leaves: jobs are in none.
    """
    now = timezone.now()
    past = Job.objects.filter(keep_until__lte=now, stored__isnull=False).values_list("stored", flat=True)
    lost = StoredFile.objects.filter(path__startswith=storage.RESULTS, job__isnull=True).values_list("pk", flat=True)
    files = [*past, *lost]
    for pk in files:
        _delete(pk)
    forgotten, _ = Job.objects.filter(ended_at__lt=now - REMEMBERED_FOR, stored__isnull=True).delete()
    return len(files), forgotten


def _delete(pk):
    """Delete a file after its record: a file that stays alone is swept by `check_evidence`."""
    with transaction.atomic():
        Job.objects.filter(stored=pk).update(stored=None)
        stored = StoredFile.objects.get(pk=pk)
        stored.delete()
    default_storage.delete(stored.path)
