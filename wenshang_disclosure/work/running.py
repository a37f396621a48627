"""Carrying out jobs: each is done once, tried again after a failure, and given up after a few."""

import logging
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from wenshang_disclosure.core import progress, region
from wenshang_disclosure.core.web.errors import NoSpace, Refused
from wenshang_disclosure.core.web.outages import FULL
from wenshang_disclosure.files import storage
from wenshang_disclosure.files.models import StoredFile

from . import kinds, leases
from .choices import JobState
from .signals import job_ended

KEPT_FOR = timedelta(days=7)
"""How long a file is there to be downloaded."""
RETRY_INTERVALS = (timedelta(minutes=1), timedelta(minutes=5))
MAX_ATTEMPTS = len(RETRY_INTERVALS) + 1
SERVER_ERROR = 500
CUT_OFF = "生成过程多次中断，没有完成。请重试；仍不成功的，请告知系统管理员。"
FULL_DISK = "服务器存储空间已满，文件没有生成。请告知系统管理员清理后重试。"
NOT_THERE = "要生成的内容已不存在，或者您已无权查看。"
NO_RIGHT = "您已没有导出这些内容的权限。"

log = logging.getLogger(__name__)


def work_one():
    """Take up one job and carry it out; return it, or `None` where there is nothing to do."""
    job = leases.take()
    if job is not None:
        region.forget()  # a process that stays may have read the names long ago
        try:
            _carry_out(job)
        except leases.LeaseLost:
            log.warning("job %s was taken up by another process", job.pk)
    return job


def _carry_out(job):
    if job.attempts > MAX_ATTEMPTS:  # whoever had it each time was killed
        _give_up(job, CUT_OFF)
        return
    try:
        with leases.Lease(job) as lease, progress.told_to(lease):
            result = kinds.do(job)
            stored = _kept(job, result) if result else None
    except leases.LeaseLost:
        raise
    except Exception as error:  # whatever happens to one job, the others go on
        _after(error, job)
    else:
        _finish(job, lease, result, stored)


def _kept(job, result):
    """Return the unsaved record of the result's file, which is on the disk by then."""
    with result.content as content:
        file = File(content, name="result")
        size = file.size
        path, digest = storage.keep(file, folder=storage.RESULTS)
    return StoredFile(path=path, size=size, sha256=digest, content_type=result.content_type, uploaded_by_id=job.by_id)


def _finish(job, lease, result, stored):
    """Write that the job is done, with its file. Raises `LeaseLost`; then the file is gone."""
    now = timezone.now()
    try:
        with transaction.atomic():
            row = leases.held(job)
            if stored:
                stored.save()
                row.stored, row.file_name, row.rights = stored, result.name[:200], result.rights
                row.keep_until = now + KEPT_FOR
            row.state, row.ended_at, row.message = JobState.DONE, now, result.note[:300] if result else ""
            row.done = row.of = max(lease.done, lease.of)
            row.save()
            job_ended.send(type(row), job=row)
    except leases.LeaseLost:
        if stored:
            default_storage.delete(stored.path)
        raise


def _after(error, job):
    """Try again later, or give the job up: at once where the reason will not go away."""
    sentence, is_final = _reason(error, job)
    if is_final or job.attempts >= MAX_ATTEMPTS:
        _give_up(job, sentence)
        return
    with transaction.atomic():
        row = leases.held(job)
        row.state, row.leased_until = JobState.WAITING, None
        row.due_at = timezone.now() + RETRY_INTERVALS[job.attempts - 1]
        row.save()


def _reason(error, job):
    """Return what the person is told, and whether trying again is of no use."""
    if isinstance(error, NoSpace) or (isinstance(error, OSError) and error.errno in FULL):
        return FULL_DISK, False
    if isinstance(error, Refused):
        return str(error), error.status < SERVER_ERROR
    if isinstance(error, PermissionDenied):
        return str(error) or NO_RIGHT, True
    if isinstance(error, Http404):
        return NOT_THERE, True
    log.error("job %s failed in attempt %s", job.pk, job.attempts, exc_info=error)
    return f"生成时出错（任务编号{job.pk}）。请重试；仍不成功的，请告知系统管理员。", False


@transaction.atomic
def _give_up(job, sentence):
    row = leases.held(job)
    row.state, row.ended_at, row.message = JobState.FAILED, timezone.now(), sentence[:300]
    row.save()
    job_ended.send(type(row), job=row)
