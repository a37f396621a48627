"""Inspection of OLE files (old Word, Excel, PowerPoint and WPS): type by streams, passwords and macros."""

import re
import struct
from contextlib import contextmanager

import olefile

from wenshang_disclosure.core.web.errors import Refused

from .kinds import LOCKED_FILE, PROGRAMS, WITH_ATTACHMENT, Mismatch

LOCKED = "“{name}”设有打开密码，无法查看内容，不能上传。请取消密码后重新上传。"
MACROS = "“{name}”含有宏，不能上传。请另存为不含宏的文件。"
PROGRAM = "“{name}”中嵌入了程序，不能上传。请去掉后重新上传。"
MACRO_STORAGES = {"macros", "_vba_project_cur", "vba", "_vba_project"}
MAX_STREAMS = 5_000
MAX_STREAM_BYTES = 100 * 1024 * 1024
EMBEDDED_HEAD_BYTES = 4096
FILE_PASS, BOUND_SHEET, END_OF_GLOBALS, MACRO_SHEET = 0x2F, 0x85, 0x0A, 1
MAX_RECORDS = 200_000
ENCRYPTED_DOC = 0x0100
VBA_IN_SLIDES = bytes.fromhex("0f00ff0314000000020000040c000000")
_program_name = re.compile(rf"\.({'|'.join(sorted(PROGRAMS))})\0".encode(), re.IGNORECASE)


@contextmanager
def opened(file):
    """Open an OLE file for inspection. Raises `Mismatch` if it is damaged."""
    file.seek(0)
    try:
        with olefile.OleFileIO(file) as ole:
            yield ole
    except (Refused, Mismatch, MemoryError):
        raise
    except Exception:  # olefile raises exceptions of many kinds on damaged files
        raise Mismatch from None


def inspect(upload, name, which):
    """Return the marks of a file with one of the streams `which` (comma-separated). Raises `Mismatch` or `Refused`."""
    with opened(upload) as file:
        return _inspect(file, name, which.split(","))


def refuse_locked(upload, name):
    """Raise `Refused` for an OLE file that contains an encrypted OOXML file, `Mismatch` for any other."""
    with opened(upload) as file:
        if file.exists("EncryptedPackage"):
            raise Refused(LOCKED.format(name=name))
    raise Mismatch


def has_macros(file):
    """Return whether an open `OleFileIO` contains VBA macros or Excel 4.0 macro sheets."""
    entries = file.listdir(streams=True, storages=True)
    if any(part.lower() in MACRO_STORAGES for entry in entries for part in entry):
        return True
    sheets = (body for kind, body in _records_of_book(file) if kind == BOUND_SHEET and len(body) > 5)
    return any(body[5] == MACRO_SHEET for body in sheets) or _has_macros_in_slides(file)


def embedded(file, name):
    """Return the marks of embedded files. Raises `Refused` for a program."""
    streams = file.listdir()
    if len(streams) > MAX_STREAMS:
        raise Mismatch
    packages = [stream for stream in streams if stream[-1].lower() == "\x01ole10native"]
    for stream in packages:
        if _program_name.search(file.openstream(stream).read(EMBEDDED_HEAD_BYTES)):
            raise Refused(PROGRAM.format(name=name))
    return (WITH_ATTACHMENT,) if packages else ()


def _inspect(file, name, wanted):
    if file.exists("EncryptedPackage"):
        raise Refused(LOCKED.format(name=name))
    main = next((stream for stream in wanted if file.exists(stream)), None)
    if main is None:
        raise Mismatch
    if main == "WordDocument" and _is_locked(file):
        raise Refused(LOCKED.format(name=name))
    if has_macros(file):
        raise Refused(MACROS.format(name=name))
    locked = any(kind == FILE_PASS for kind, _ in _records_of_book(file))
    return (*embedded(file, name), *((LOCKED_FILE,) if locked else ()))


def _is_locked(file):
    head = file.openstream("WordDocument").read(12)
    return len(head) == 12 and bool(struct.unpack_from("<H", head, 10)[0] & ENCRYPTED_DOC)


def _records_of_book(file):
    """Yield the global records of an old workbook as `(kind, body)`; none for other files."""
    stream = next((name for name in ("Workbook", "Book") if file.exists(name)), None)
    if stream is None:
        return
    content = file.openstream(stream)
    for _ in range(MAX_RECORDS):
        head = content.read(4)
        if len(head) < 4:
            return
        kind, size = struct.unpack("<2H", head)
        if kind == END_OF_GLOBALS:
            return
        yield kind, content.read(size)


def _has_macros_in_slides(file):
    if not file.exists("PowerPoint Document") or file.get_size("PowerPoint Document") > MAX_STREAM_BYTES:
        return False
    content = file.openstream("PowerPoint Document").read()
    at = content.find(VBA_IN_SLIDES)
    return at >= 0 and content[at + 20 : at + 24] not in (b"", bytes(4))
