"""Uploads are kept as they came, under random names outside every served folder."""

import contextlib
from pathlib import PurePath

from django.conf import settings

from wenshang_disclosure.common import storage
from wenshang_disclosure.common.errors import Refused
from wenshang_disclosure.common.forms import clean_text

from ..models import StoredFile
from .file_types import content_type_of


@contextlib.contextmanager
def kept(uploads, *, by):
    """Keep files that prove something, and give `[(name to show, unsaved StoredFile)]` for the block to record.

    Where the block fails, nothing of them stays (`storage.recorded`). Raises `Refused` for a type or size that is not
    taken, before any file is kept, and `NoSpace`.
    """
    checked = [(shown_name(upload.name), upload, _checked(upload)) for upload in uploads]
    paths = []
    with storage.recorded(StoredFile, paths):
        files = []
        for name, upload, content_type in checked:
            path, digest = storage.keep(upload)
            paths.append(path)
            stored = StoredFile(path=path, size=upload.size, sha256=digest, content_type=content_type, uploaded_by=by)
            files.append((name, stored))
        yield files


def _checked(upload):
    name = shown_name(upload.name)
    if upload.size > settings.EVIDENCE_MAX_BYTES:
        raise Refused(f"“{name}”超过{settings.EVIDENCE_MAX_BYTES // 1024 // 1024} MB，不能上传。")
    if not upload.size:
        raise Refused(f"“{name}”是空文件，不能上传。")
    return content_type_of(upload)


def shown_name(name):
    """Give a file's name for display: without folders and control characters, at most 200 characters."""
    name = clean_text(PurePath(name.replace("\\", "/")).name.replace("\r", " ").replace("\n", " ")) or "未命名"
    return name if len(name) <= 200 else name[:150] + "…" + name[-40:]
