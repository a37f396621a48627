"""Inspection of zip archives in memory, entry by entry, including one level of nested archives."""

import io
import stat
import zipfile
from dataclasses import dataclass, field

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.office.signatures import OLE_HEAD, PROGRAM_HEADS, ZIP_HEADS
from wenshang_disclosure.core.web.errors import Refused

from . import ole
from .kinds import (
    ARCHIVE_INSIDE,
    LOCKED_INSIDE,
    OTHER_ARCHIVES,
    PROGRAMS,
    WITH_MACROS,
    Mismatch,
    ending_of,
)
from .limits import deadline, read_through, refuse_too_large

MAX_DEPTH = 2  # one nested level
MAX_INNER_BYTES = 50 * 1024 * 1024  # of a document or archive inspected in memory
IS_UTF8, IS_LOCKED = 0x800, 0x1
PATH = "“{name}”中有不安全的路径“{inside}”，不能上传。请重新打包。"
LINK = "“{name}”中的“{inside}”是链接，不能上传。请放入文件本身后重新打包。"
TWICE = "“{name}”中有两个“{inside}”，解压时会互相覆盖，不能上传。请改名后重新打包。"
PROGRAM = "“{name}”中的“{inside}”是程序、脚本或网页，不能上传。请去掉后重新打包。"
MACROS = "“{name}”中的“{inside}”含有宏，不能上传。请另存为不含宏的文件后重新打包。"
NOT_READ = "“{name}”中的“{inside}”压缩方式不常见，无法检查。请用普通的 ZIP 方式重新打包。"
TOO_DEEP = "“{name}”中的压缩包嵌套超过两层，不能上传。请减少嵌套后重新打包。"
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}


@dataclass
class _Inspection:
    """State of one inspection: the name for messages, the time limit, and the marks found."""

    name: str
    until: float = field(default_factory=deadline)
    marks: list = field(default_factory=list)

    def refuse(self, sentence, entry):
        raise Refused(sentence.format(name=self.name, inside=shown(entry)[:100]))


def inspect(upload, name, which):
    """Return the marks of an archive. Raises `Mismatch` or `Refused`."""
    found = _Inspection(name)
    size = upload.seek(0, 2)
    _inspect_archive(upload, found, depth=1, max_bytes=max(archives.MAX_UNPACKED_BYTES, 2 * size))
    return found.marks


def _inspect_archive(file, found, depth, max_bytes=archives.MAX_UNPACKED_BYTES):
    if depth > MAX_DEPTH:
        raise Refused(TOO_DEEP.format(name=found.name))
    file.seek(0)
    try:
        with zipfile.ZipFile(archives.LimitedReader(file)) as archive:
            refuse_too_large(archive, found.name, max_bytes)
            _refuse_places(archive, found)
            for entry in archive.infolist():
                _inspect_entry(archive, entry, found, depth)
    except archives.BROKEN:
        raise Mismatch from None


def shown(entry):
    """Return an entry's name, decoded as GB18030 if it is not UTF-8, as written by Chinese Windows."""
    if entry.flag_bits & IS_UTF8:
        return entry.filename
    try:
        return entry.orig_filename.encode("cp437").decode("gb18030").split("\x00")[0]
    except UnicodeError:
        return entry.filename


def _refuse_places(archive, found):
    """Raise `Refused` for paths outside the folder, duplicate paths and links."""
    places = set()
    for entry in archive.infolist():
        place = shown(entry).replace("\\", "/")
        if place.startswith("/") or place[1:2] == ":" or ".." in place.split("/"):
            found.refuse(PATH, entry)
        if stat.S_ISLNK(entry.external_attr >> 16):
            found.refuse(LINK, entry)
        if place.casefold() in places:
            found.refuse(TWICE, entry)
        places.add(place.casefold())


def _inspect_entry(archive, entry, found, depth):
    # Windows drops trailing dots and spaces from names, so they may not hide the extension.
    ending = ending_of(shown(entry).rstrip(". \x00"))
    if ending in PROGRAMS:
        found.refuse(PROGRAM, entry)
    if ending in WITH_MACROS:
        found.refuse(MACROS, entry)
    if entry.flag_bits & IS_LOCKED:
        found.marks.append(LOCKED_INSIDE)
        return
    if entry.compress_type not in METHODS:
        found.refuse(NOT_READ, entry)
    head = read_through(archive, entry, found.name, found.until)
    if head.startswith(PROGRAM_HEADS):
        found.refuse(PROGRAM, entry)
    if ending in OTHER_ARCHIVES:
        found.marks.append(ARCHIVE_INSIDE)
    if head.startswith((*ZIP_HEADS, OLE_HEAD)):
        _inspect_document(archive, entry, found, depth)


def _inspect_document(archive, entry, found, depth):
    """Inspect a nested archive or document. Raises `Refused` for macros."""
    if entry.file_size > MAX_INNER_BYTES:
        found.marks.append(ARCHIVE_INSIDE)
        return
    content = io.BytesIO(archive.read(entry))
    if content.getvalue().startswith(OLE_HEAD):
        if _ole_has_macros(content):
            found.refuse(MACROS, entry)
        return
    inner = zipfile.ZipFile(archives.LimitedReader(content))
    if "[Content_Types].xml" not in inner.namelist():
        _inspect_archive(content, found, depth + 1)
    elif any(archives.has_macros(part) for part in inner.infolist()):
        found.refuse(MACROS, entry)


def _ole_has_macros(content):
    try:
        with ole.opened(content) as file:
            return ole.has_macros(file)
    except Mismatch:  # damaged: no program opens it
        return False
