"""Limits of one inspection, shared by all that is inside an upload: time, unpacked size and nesting."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.web.errors import Refused

from .kinds import Mismatch

CHUNK_BYTES = 64 * 1024
HEAD_BYTES = 1024
TIMEOUT_SECONDS = 30
ARCHIVE, DOCUMENT = "archive", "document"
MAX_LEVELS = {ARCHIVE: 2, DOCUMENT: 4}  # one archive in another; documents in documents
TOO_MUCH = "“{name}”解压后过大或文件过多，不能上传。请分成几个压缩包，或直接上传其中的文件。"
TOO_LONG = "检查“{name}”用时过长，不能上传。请分成几个文件后重新上传。"
TOO_DEEP = {
    ARCHIVE: "“{name}”中的压缩包嵌套超过两层，不能上传。请减少嵌套后重新打包。",
    DOCUMENT: "“{name}”中嵌入的文档层数过多，不能上传。请去掉嵌入的文档后重新上传。",
}


def named_inside(name, entry):
    """Return the name of what is inside another file, for sentences that set it between “ and ”."""
    return f"{name}”中的“{entry[:100]}"


@dataclass
class Limits:
    """What is left for the inspection of one upload.

    `inspect_inside(content, name, endings, limits)` returns the marks of an open file inside the upload, judged by its
    content, and raises `Refused`. Those of PDFs are found together at the end: `pdfs` holds their names and contents.
    """

    name: str
    inspect_inside: Callable
    left_bytes: int = archives.MAX_UNPACKED_BYTES
    left_entries: int = archives.MAX_ENTRIES
    until: float = field(default_factory=lambda: time.monotonic() + TIMEOUT_SECONDS)
    levels: list = field(default_factory=list)
    pdfs: list = field(default_factory=list)

    @contextmanager
    def opening(self, archive, level):
        """Count an open zip archive and what it unpacks to. Raises `Refused` if it is too deep, too much or a bomb."""
        with self.deeper(level):
            entries = archive.infolist()
            self.take(sum(entry.file_size for entry in entries), entries=len(entries))
            if any(archives.is_bomb(entry) for entry in entries):
                raise Refused(TOO_MUCH.format(name=self.name))
            yield

    @contextmanager
    def deeper(self, level):
        """Count a level of nesting. Raises `Refused` if there are too many."""
        if self.levels.count(level) == MAX_LEVELS[level]:
            raise Refused(TOO_DEEP[level].format(name=self.name))
        self.levels.append(level)
        yield
        self.levels.pop()

    def take(self, size, *, entries=0):
        """Count unpacked bytes and entries. Raises `Refused` if they are too many."""
        self.left_bytes -= size
        self.left_entries -= entries
        if self.left_bytes < 0 or self.left_entries < 0:
            raise Refused(TOO_MUCH.format(name=self.name))
        self.refuse_late()

    def refuse_late(self):
        """Raise `Refused` if the time is over."""
        if time.monotonic() > self.until:
            raise Refused(TOO_LONG.format(name=self.name))


def pieces(archive, entry, limits):
    """Yield the content of an entry, which checks its CRC at the end. Raises `Mismatch` if it is damaged."""
    try:
        with archive.open(entry) as part:
            while piece := part.read(CHUNK_BYTES):
                limits.refuse_late()
                yield piece
    except archives.BROKEN:
        raise Mismatch from None
