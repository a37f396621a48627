"""How much an archive may unpack to, and that each of its entries is whole; nothing is written to the disk."""

import time

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.web.errors import Refused

from .kinds import Mismatch

AT_ONCE = 64 * 1024
HEAD_SIZE = 1024
SECONDS = 30  # for one upload, whatever is nested in it
TOO_MUCH = "“{name}”解压后过大或文件过多，不能上传。请分成几个压缩包，或直接上传其中的文件。"
TOO_LONG = "检查“{name}”用时过长，不能上传。请分成几个文件后重新上传。"


def within_limits(archive, name, most_bytes=archives.MOST_BYTES):
    """Raise `Refused` where the archive says that it would unpack to too much."""
    if archives.is_too_much(archive, most_bytes):
        raise Refused(TOO_MUCH.format(name=name))


def deadline():
    """Return the moment by which an upload has to be looked through."""
    return time.monotonic() + SECONDS


def read_through(archive, entry, name, until):
    """Read an entry to its end, which checks its sum; return its beginning. Raises `Mismatch` where it is damaged."""
    head = b""
    try:
        with archive.open(entry) as part:
            while piece := part.read(AT_ONCE):
                head = head or piece[:HEAD_SIZE]
                if time.monotonic() > until:
                    raise Refused(TOO_LONG.format(name=name))
    except archives.BROKEN:
        raise Mismatch from None
    return head
