"""Limits on the unpacked size of archives, and integrity checks of their entries in memory."""

import time

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.web.errors import Refused

from .kinds import Mismatch

CHUNK_BYTES = 64 * 1024
HEAD_BYTES = 1024
TIMEOUT_SECONDS = 30  # for one upload, including nested archives
TOO_MUCH = "“{name}”解压后过大或文件过多，不能上传。请分成几个压缩包，或直接上传其中的文件。"
TOO_LONG = "检查“{name}”用时过长，不能上传。请分成几个文件后重新上传。"


def refuse_too_large(archive, name, max_bytes=archives.MAX_UNPACKED_BYTES):
    """Raise `Refused` if the archive has too many entries or declares too large an unpacked size."""
    if archives.is_too_large(archive, max_bytes):
        raise Refused(TOO_MUCH.format(name=name))


def deadline():
    """Return the `time.monotonic` by which the inspection of an upload has to end."""
    return time.monotonic() + TIMEOUT_SECONDS


def read_through(archive, entry, name, until):
    """Read an entry to its end, which checks its CRC; return its head. Raises `Mismatch` if it is damaged."""
    head = b""
    try:
        with archive.open(entry) as part:
            while piece := part.read(CHUNK_BYTES):
                head = head or piece[:HEAD_BYTES]
                if time.monotonic() > until:
                    raise Refused(TOO_LONG.format(name=name))
    except archives.BROKEN:
        raise Mismatch from None
    return head
