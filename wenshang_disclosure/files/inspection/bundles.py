"""Inspection of zip archives entry by entry: where each would be unpacked to, and what is in it."""

import io
import stat
import struct
import zipfile

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.office.signatures import PROGRAM_HEADS
from wenshang_disclosure.core.web.errors import Refused

from .kinds import (
    ARCHIVE_INSIDE,
    LOCKED_INSIDE,
    OTHER_ARCHIVES,
    PROGRAMS,
    WITH_MACROS,
    Mismatch,
    ending_of,
    is_looked_into,
)
from .limits import ARCHIVE, named_inside, pieces

MAX_INNER_BYTES = 50 * 1024 * 1024  # of a document or archive inspected in memory
IS_UTF8, IS_LOCKED = 0x800, 0x1
UNICODE_PATH, EXTRA_HEAD = 0x7075, struct.Struct("<2H")
UNICODE_PATH_HEAD_BYTES = 5  # version, and the sum of the name that it replaces
LOCAL_HEAD = struct.Struct("<26x2H")  # ends with the lengths of the name and of the extra fields
PATH = "“{name}”中有不安全的路径“{inside}”，不能上传。请重新打包。"
LINK = "“{name}”中的“{inside}”是链接，不能上传。请放入文件本身后重新打包。"
TWICE = "“{name}”中有两个“{inside}”，解压时会互相覆盖，不能上传。请改名后重新打包。"
PROGRAM = "“{name}”中的“{inside}”是程序、脚本或网页，不能上传。请去掉后重新打包。"
MACROS = "“{name}”中的“{inside}”含有宏，不能上传。请另存为不含宏的文件后重新打包。"
NOT_READ = "“{name}”中的“{inside}”压缩方式不常见，无法检查。请用普通的 ZIP 方式重新打包。"
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}


def inspect(upload, name, which, limits):
    """Return the marks of an archive. Raises `Mismatch` or `Refused`."""
    upload.seek(0)
    marks = []
    try:
        with zipfile.ZipFile(archives.LimitedReader(upload)) as archive, limits.opening(archive, ARCHIVE):
            entries = [(entry, _names_of(entry, upload)) for entry in archive.infolist()]
            _refuse_places(entries, name)
            for entry, names in entries:
                marks += _marks_of_entry(archive, entry, names, name, limits)
    except archives.BROKEN:
        raise Mismatch from None
    return marks


def shown(entry):
    """Return an entry's name, decoded as GB18030 if it is not UTF-8, as written by Chinese Windows."""
    if entry.flag_bits & IS_UTF8:
        return entry.filename
    try:
        return entry.orig_filename.encode("cp437").decode("gb18030").split("\x00")[0]
    except UnicodeError:
        return entry.filename


def _names_of(entry, upload):
    """Return every name that a program may give the entry when unpacking, the one that is shown first."""
    found = [shown(entry), entry.filename, *_unicode_paths(entry, upload)]
    return list(dict.fromkeys(name.replace("\\", "/") for name in found))


def _unicode_paths(entry, upload):
    """Yield the names in the Unicode Path fields of the list of entries and of the entry (APPNOTE.TXT 4.6.9)."""
    for extra in (entry.extra, _local_extra(entry, upload)):
        at = 0
        while at + EXTRA_HEAD.size <= len(extra):
            kind, size = EXTRA_HEAD.unpack_from(extra, at)
            if kind == UNICODE_PATH:
                yield extra[at + EXTRA_HEAD.size :][:size][UNICODE_PATH_HEAD_BYTES:].decode("utf-8", "replace")
            at += EXTRA_HEAD.size + size


def _local_extra(entry, upload):
    upload.seek(entry.header_offset)
    head = upload.read(LOCAL_HEAD.size)
    if len(head) < LOCAL_HEAD.size:
        return b""
    length, size = LOCAL_HEAD.unpack(head)
    upload.seek(length, 1)
    return upload.read(size)


def _refuse_places(entries, name):
    """Raise `Refused` for paths outside the folder, duplicate paths and links."""
    places = set()
    for entry, names in entries:
        if any(place.startswith("/") or place[1:2] == ":" or ".." in place.split("/") for place in names):
            _refuse(PATH, name, names)
        if stat.S_ISLNK(entry.external_attr >> 16):
            _refuse(LINK, name, names)
        if places & (folded := {place.casefold() for place in names}):
            _refuse(TWICE, name, names)
        places |= folded


def _refuse(sentence, name, names):
    raise Refused(sentence.format(name=name, inside=names[0][:100]))


def _marks_of_entry(archive, entry, names, name, limits):
    # Windows drops trailing dots and spaces from names, so they may not hide the extension.
    endings = {ending_of(place.rstrip(". \x00")) for place in names}
    if endings & PROGRAMS:
        _refuse(PROGRAM, name, names)
    if endings & WITH_MACROS:
        _refuse(MACROS, name, names)
    if entry.flag_bits & IS_LOCKED:
        return (LOCKED_INSIDE,)
    if entry.compress_type not in METHODS:
        _refuse(NOT_READ, name, names)
    marks = (ARCHIVE_INSIDE,) if endings & OTHER_ARCHIVES else ()
    return (*marks, *_marks_of_content(archive, entry, endings, names, name, limits))


def _marks_of_content(archive, entry, endings, names, name, limits):
    content = pieces(archive, entry, limits)
    head = next(content, b"")
    if head.startswith(PROGRAM_HEADS):
        _refuse(PROGRAM, name, names)
    if not is_looked_into(head, endings):
        for _ in content:  # to the end, where its sum is checked
            pass
        return ()
    if entry.file_size > MAX_INNER_BYTES:
        return (ARCHIVE_INSIDE,)
    whole = io.BytesIO(head + b"".join(content))
    return limits.inspect_inside(whole, named_inside(name, names[0]), endings, limits)
