"""Uploads are kept as they came, under random names outside every served folder."""

import contextlib
from pathlib import PurePath

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone

from wenshang_disclosure.core.web import rate_limits
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.forms import clean_text
from wenshang_disclosure.files.inspection.judging import judge

from . import storage
from .choices import ScanState
from .models import StoredFile
from .scanning import refuse_infected


@contextlib.contextmanager
def kept(uploads, *, by):
    """Keep files that prove something, and give `[(name to show, unsaved StoredFile)]` for the block to record.

    Where the block fails, nothing of them stays (`storage.recorded`). Raises `Refused` for a type or size that is not
    taken and for an infected file, before any file is kept, and `NoSpace`. While the virus scanner is away, files are
    kept and wait for it. Raises `TooMany` where the person has uploaded too many in this hour.
    """
    uploads = list(uploads)
    if uploads:
        rate_limits.take(rate_limits.UPLOADS, by, len(uploads))
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
    """Return what was found out about an upload, as fields of its `StoredFile`."""
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
    """Return a file's name for display: without folders and control characters, at most 200 characters."""
    name = clean_text(PurePath(name.replace("\\", "/")).name.replace("\r", " ").replace("\n", " ")) or "未命名"
    return name if len(name) <= 200 else name[:150] + "…" + name[-40:]


def keepers():
    """Return the models whose rows name a kept file: those with the fields `path` and `sha256`."""
    return [model for model in apps.get_models() if _has(model, "path") and _has(model, "sha256")]


def _has(model, name):
    with contextlib.suppress(FieldDoesNotExist):
        return model._meta.get_field(name).concrete
    return False
