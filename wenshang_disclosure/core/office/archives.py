"""Archives are opened with limits, so that nothing in them can hold or fill the machine; Office files are archives."""

import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager, nullcontext
from os import PathLike

from lxml import etree

from wenshang_disclosure.core.web.errors import Unreadable

MOST_ENTRIES = 3_000
MOST_BYTES = 300 * 1024 * 1024  # uncompressed, all entries together
MOST_BYTES_OF_A_PART = 150 * 1024 * 1024
HIGHEST_RATIO = 400
RATIO_COUNTS_FROM = 5 * 1024 * 1024  # bytes; what is smaller may be as empty as it likes
LONGEST_DIRECTORY = 2 * 1024 * 1024  # bytes; the list of entries, which is read in one piece
DAMAGED = "文件已损坏，无法打开。请用 Word 或 Excel 打开后另存一份再导入。"
TOO_MUCH = "文件解压后过大，不像是一份任务分解表，未予读取。"
MACROS = "文件含有宏，不能导入。请另存为不含宏的 .docx 或 .xlsx 文件。"
SUSPICIOUS = "文件内含有外部定义（DTD），未予读取。请用 Word 或 Excel 另存一份再导入。"
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
"""What a damaged archive makes the library raise, sooner or later."""


class Short:
    """A file that gives no more than so many bytes at once: the list of an archive's entries is read in one piece."""

    def __init__(self, file, longest=LONGEST_DIRECTORY):
        """Stand before an open file."""
        self._file, self._longest = file, longest
        self.seek, self.tell = file.seek, file.tell

    def read(self, size=-1):
        """Read at most `size` bytes, or all that is left. Raises `OSError` where that is more than what is given."""
        data = self._file.read(min(size, self._longest + 1) if size >= 0 else self._longest + 1)
        if len(data) > self._longest:
            raise OSError("more is read at once than is given")
        return data

    def seekable(self):
        """Say that one may go back."""
        return True


@contextmanager
def opened(path):
    """Open the Office file at `path`, or open as `path`, after a look at what it unpacks to. Raises `Unreadable`."""
    with open(path, "rb") if isinstance(path, str | PathLike) else nullcontext(path) as file:
        try:
            with zipfile.ZipFile(Short(file)) as archive:
                _check(archive)
                yield archive
        except BROKEN as fault:
            raise Unreadable(DAMAGED) from fault


def is_too_much(archive, most_bytes=MOST_BYTES):
    """Return whether an archive has too many entries, or says that it would unpack to too much."""
    entries = archive.infolist()
    too_many = len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > most_bytes
    return too_many or any(_is_bomb(entry) for entry in entries)


def _is_bomb(entry):
    ratio = entry.file_size / max(entry.compress_size, 1)
    return entry.file_size > RATIO_COUNTS_FROM and ratio > HIGHEST_RATIO


def has_macros(entry):
    """Return whether an entry of an Office file is where macros are kept."""
    name = entry.filename.lower()
    return name.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in name


def _check(archive):
    if is_too_much(archive):
        raise Unreadable(TOO_MUCH)
    for entry in archive.infolist():
        if entry.flag_bits & 1:
            raise Unreadable("文件已加密，无法读取。请取消密码后再导入。")
        if has_macros(entry):
            raise Unreadable(MACROS)
    refuse_dtd(archive)


def refuse_dtd(archive):
    """Raise `Unreadable` where a part defines entities: no Office program writes such."""
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                head = part.read(4096)
            if any(mark in head for mark in _DTD_MARKS):
                raise Unreadable(SUSPICIOUS)


def parsed(archive, name):
    """Return the root element of one part, or `None` where there is no such part. Raises `Unreadable`."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    if entry.file_size > MOST_BYTES_OF_A_PART:
        raise Unreadable(TOO_MUCH)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        with archive.open(entry) as part:
            return etree.parse(part, parser).getroot()
    except etree.XMLSyntaxError as fault:
        raise Unreadable(DAMAGED) from fault
