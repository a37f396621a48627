"""Asking for background work."""

import hashlib
import json

from django.db import IntegrityError, transaction

from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused

from .models import Job

MAX_UNFINISHED = 10
"""Jobs of one person that wait or run at a time."""
TOO_MANY = f"您已有{MAX_UNFINISHED}个文件在排队或生成，请等其中一些完成后再申请。"


@transaction.atomic
def ask(kind, *, by, what, title):
    """Return the job of `kind` that does `what` for the person `by`: a new one, or the one that has not ended yet.

    `what` is JSON. Raises `Refused` where the person has asked for too much.
    """
    key = _key(kind, by, what)
    if known := Job.objects.unfinished().filter(key=key).first():
        return known
    if Job.objects.unfinished().filter(by=by.pk).count() >= MAX_UNFINISHED:
        raise Refused(TOO_MANY)
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, by_id=by.pk, what=what, title=title[:200], key=key)
    except IntegrityError:  # asked twice at once
        return Job.objects.filter(key=key).latest("pk")
    record(Kind.EXPORT, f"申请后台生成“{title}”", by=by, on=job)
    return job


def _key(kind, by, what):
    return hashlib.sha256(json.dumps([kind, by.pk, what], sort_keys=True).encode()).hexdigest()
