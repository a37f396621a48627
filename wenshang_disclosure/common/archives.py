"""Office files are archives of XML: opened with limits, so that nothing in them can hold or fill the machine."""

import zipfile
from contextlib import contextmanager

from lxml import etree

from .unreadable import Unreadable

MOST_ENTRIES = 3_000
MOST_BYTES = 300 * 1024 * 1024  # uncompressed, all entries together
MOST_BYTES_OF_A_PART = 150 * 1024 * 1024
HIGHEST_RATIO = 400
RATIO_COUNTS_FROM = 5 * 1024 * 1024  # bytes; what is smaller may be as empty as it likes
DAMAGED = "文件已损坏，无法打开。请用 Word 或 Excel 打开后另存一份再导入。"
TOO_MUCH = "文件解压后过大，不像是一份任务分解表，未予读取。"
MACROS = "文件含有宏，不能导入。请另存为不含宏的 .docx 或 .xlsx 文件。"
SUSPICIOUS = "文件内含有外部定义（DTD），未予读取。请用 Word 或 Excel 另存一份再导入。"
_DTD_MARKS = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


@contextmanager
def opened(path):
    """Open the archive at `path` after a look at what it would unpack to. Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive)
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zipfile.LargeZipFile, OSError) as fault:
        raise Unreadable(DAMAGED) from fault
    except Exception as fault:
        if type(fault).__module__ == "zlib":
            raise Unreadable(DAMAGED) from fault
        raise


def _check(archive):
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise Unreadable(TOO_MUCH)
    for entry in entries:
        if entry.flag_bits & 1:
            raise Unreadable("文件已加密，无法读取。请取消密码后再导入。")
        if entry.filename.lower().endswith(("vbaproject.bin", "vbadata.xml")):
            raise Unreadable(MACROS)
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > RATIO_COUNTS_FROM and ratio > HIGHEST_RATIO:
            raise Unreadable(TOO_MUCH)
    _refuse_dtd(archive)


def _refuse_dtd(archive):
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                head = part.read(4096)
            if any(mark in head for mark in _DTD_MARKS):
                raise Unreadable(SUSPICIOUS)


def parsed(archive, name):
    """Give the root element of one part, or `None` where there is no such part. Raises `Unreadable`."""
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
