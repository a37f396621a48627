"""Office files for pages, made into PDF by LibreOffice once and kept for a while (`CACHES["documents"]`).

A stranger's file is converted in the sandbox, without network and with limits, one at a time on this machine.
"""

import contextlib
import fcntl
import shutil
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.cache import caches

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.office import libreoffice
from wenshang_disclosure.core.web.errors import Busy, Refused

from .inspection.kinds import PRESENTATIONS

LIMITS = sandbox.Limits(seconds=60, cpu_seconds=60)
MAX_BYTES = 30 * 1024 * 1024
"""Larger files are not converted, larger results not shown."""
WAIT_SECONDS = 15
NOT_INSTALLED = "服务器没有安装 LibreOffice，不能在页面中显示，请下载后查看。"
NO_PRESENTATIONS = "服务器上的 LibreOffice 没有装演示文稿组件（Impress），不能在页面中显示，请下载后查看。"
TOO_LARGE = "文件过大，不能在页面中显示，请下载后查看。"
CANNOT = "该文件无法转换（可能已加密或损坏），请下载后查看。"
TOO_SLOW = "转换用时过长，没有完成，请下载后查看。"
BUSY = "服务器正在转换其他文件，请稍后再试。"


def is_possible():
    """Return whether this server can show Office files in pages."""
    return libreoffice.program() is not None


def page_document(stored, ending):
    """Return a stored Office file as PDF in bytes for a page; `ending` is that of its name.

    Raises as `StoredFile.open` does, `Refused` with the reason if it cannot be shown, and `Busy` while others are made.
    """
    kept = caches["documents"]
    with stored.open() as content:  # also where it is kept, as with pictures
        if (made := kept.get(stored.sha256)) is None:
            if stored.size > MAX_BYTES:
                raise Refused(TOO_LARGE)
            _require_program(ending)
            with _turn():
                made = kept.get(stored.sha256) or _keep(kept, stored.sha256, _made(content, ending))
    pdf, why_not = made
    if why_not:
        raise Refused(why_not)
    return pdf


def _require_program(ending):
    """Raise `Refused` where what converts such a file is not installed; it may be later, and nothing is kept."""
    if not is_possible():
        raise Refused(NOT_INSTALLED)
    if ending in PRESENTATIONS and not libreoffice.has_presentations():
        raise Refused(NO_PRESENTATIONS)


def _keep(kept, key, made):
    with contextlib.suppress(OSError):  # a full disk is no reason not to show it
        kept.set(key, made)
    return made


def _made(content, ending):
    """Return `(PDF, "")`, or `(b"", why there is none)`."""
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / f"file.{ending}"
        with original.open("wb") as copy:
            shutil.copyfileobj(content, copy)
        try:
            result = libreoffice.convert(original, "pdf", limits=LIMITS)
        except sandbox.OutOfTime:
            return b"", TOO_SLOW
        if result is None:
            return b"", CANNOT
        return (result.read_bytes(), "") if result.stat().st_size <= MAX_BYTES else (b"", TOO_LARGE)


@contextlib.contextmanager
def _turn():
    """Wait until no other file is converted on this machine. Raises `Busy` after `WAIT_SECONDS`."""
    with (settings.DATA_DIR / "documents.lock").open("w") as lock:
        until = time.monotonic() + WAIT_SECONDS
        while not _locked(lock):
            if time.monotonic() > until:
                raise Busy(BUSY)
            time.sleep(0.2)
        yield


def _locked(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
