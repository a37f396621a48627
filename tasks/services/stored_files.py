"""Uploads are kept as they came, under random names outside every served folder."""

import contextlib
from pathlib import PurePath

from django.conf import settings
from django.utils import timezone

from wenshang_disclosure.common import limits, storage
from wenshang_disclosure.common.errors import Refused
from wenshang_disclosure.common.forms import clean_text
from wenshang_disclosure.scanner.checks import refuse_infected
from wenshang_disclosure.scanner.choices import ScanState

from ..models import StoredFile
from ..uploads.judging import judge


@contextlib.contextmanager
def kept(uploads, *, by):
    """Keep files that prove something, and give `[(name to show, unsaved StoredFile)]` for the block to record.

    Where the block fails, nothing of them stays (`storage.recorded`). Raises `Refused` for a type or size that is not
    taken and for an infected file, before any file is kept, and `NoSpace`. While the virus scanner is away, files are
    kept and wait for it. Raises `TooMany` where the person has uploaded too many in this hour.
    """
    uploads = list(uploads)
    if uploads:
        limits.take(limits.UPLOADS, by, len(uploads))
    checked = [(shown_name(upload.name), upload, _checked(upload, by)) for upload in uploads]
    paths = []
    with storage.recorded(StoredFile, paths):
        files = []
        for name, upload, findings in checked:
            path, digest = storage.keep(upload)
            paths.append(path)
            stored = StoredFile(path=path, size=upload.size, sha256=digest, uploaded_by=by, **findings)
            files.append((name, stored))
        yield files


def _checked(upload, by):
    """Give what was found out about an upload, as fields of its `StoredFile`."""
    name = shown_name(upload.name)
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        raise Refused(f"“{name}”超过{settings.EVIDENCE_MAX_BYTES // 1024 // 1024} MB，不能上传。")
    if not upload.size:
        raise Refused(f"“{name}”是空文件，不能上传。")
    verdict = judge(upload, name)
    scan = refuse_infected(upload, by=by, name=name)
    scanned_at = timezone.now() if scan == ScanState.CLEAN else None
    return {
        "content_type": verdict.content_type,
        "marks": verdict.in_words,
        "scan": scan,
        "scanned_at": scanned_at,
    }


def shown_name(name):
    """Give a file's name for display: without folders and control characters, at most 200 characters."""
    name = clean_text(PurePath(name.replace("\\", "/")).name.replace("\r", " ").replace("\n", " ")) or "未命名"
    return name if len(name) <= 200 else name[:150] + "…" + name[-40:]
