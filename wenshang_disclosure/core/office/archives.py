"""Opening of zip archives, including Office files, with limits against decompression bombs."""

import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager, nullcontext
from os import PathLike

from lxml import etree

from wenshang_disclosure.core.web.errors import Unreadable

MAX_ENTRIES = 3_000
MAX_UNPACKED_BYTES = 300 * 1024 * 1024  # of all entries together
MAX_PART_BYTES = 150 * 1024 * 1024
MAX_COMPRESSION_RATIO = 400
RATIO_CHECKED_FROM_BYTES = 5 * 1024 * 1024  # smaller entries may have any ratio
MAX_DIRECTORY_BYTES = 2 * 1024 * 1024  # the list of entries, which is read at once
DAMAGED = "文件已损坏，无法打开。请用 Word 或 Excel 打开后另存一份再导入。"
TOO_MUCH = "文件解压后过大，不像是一份任务分解表，未予读取。"
MACROS = "文件含有宏，不能导入。请另存为不含宏的 .docx 或 .xlsx 文件。"
SUSPICIOUS = "文件内含有外部定义（DTD），未予读取。请用 Word 或 Excel 另存一份再导入。"
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "jdedata.bin")  # the last are the macros of WPS in JavaScript
_DTD_MARKS = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""Exceptions that `zipfile` raises on damaged archives."""


class LimitedReader:
    """A file wrapper that limits the bytes per read, since `zipfile` reads the list of entries at once."""

    def __init__(self, file, max_bytes=MAX_DIRECTORY_BYTES):
        self._file, self._max_bytes = file, max_bytes
        self.seek, self.tell = file.seek, file.tell

    def read(self, size=-1):
        """Return at most `size` bytes, or the rest of the file. Raises `OSError` if that exceeds the limit."""
        data = self._file.read(min(size, self._max_bytes + 1) if size >= 0 else self._max_bytes + 1)
        if len(data) > self._max_bytes:
            raise OSError("a single read exceeds the limit")
        return data

    def seekable(self):
        return True


@contextmanager
def opened(path):
    """Open the Office file at `path` (a path or an open file) after checking its limits. Raises `Unreadable`."""
    with open(path, "rb") if isinstance(path, str | PathLike) else nullcontext(path) as file:
        try:
            with zipfile.ZipFile(LimitedReader(file)) as archive:
                _check(archive)
                yield archive
        except BROKEN as fault:
            raise Unreadable(DAMAGED) from fault


def is_too_large(archive, max_bytes=MAX_UNPACKED_BYTES):
    """Return whether an archive has too many entries, or declares too large an unpacked size."""
    entries = archive.infolist()
    too_many = len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > max_bytes
    return too_many or any(is_bomb(entry) for entry in entries)


def is_bomb(entry):
    """Return whether an entry unpacks to very much more than it takes."""
    ratio = entry.file_size / max(entry.compress_size, 1)
    return entry.file_size > RATIO_CHECKED_FROM_BYTES and ratio > MAX_COMPRESSION_RATIO


def is_macro_part(name):
    """Return whether a part of an Office file is for macros, by its name."""
    name = name.lower()
    return name.endswith(MACRO_PARTS) or "/macrosheets/" in name


def _check(archive):
    if is_too_large(archive):
        raise Unreadable(TOO_MUCH)
    for entry in archive.infolist():
        if entry.flag_bits & 1:
            raise Unreadable("文件已加密，无法读取。请取消密码后再导入。")
        if is_macro_part(entry.filename):
            raise Unreadable(MACROS)
    refuse_dtd(archive)


def refuse_dtd(archive):
    """Raise `Unreadable` if a part has a document type definition, which no Office program writes."""
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                head = part.read(4096)
            if any(mark in head for mark in _DTD_MARKS):
                raise Unreadable(SUSPICIOUS)


def parsed(archive, name):
    """Return the root element of one part, `None` if there is no such part. Raises `Unreadable`."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    if entry.file_size > MAX_PART_BYTES:
        raise Unreadable(TOO_MUCH)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        with archive.open(entry) as part:
            tree = etree.parse(part, parser)
    except etree.XMLSyntaxError as fault:
        raise Unreadable(DAMAGED) from fault
    if tree.docinfo.doctype:  # further in than `refuse_dtd` looks, or in another encoding
        raise Unreadable(SUSPICIOUS)
    return tree.getroot()
