"""Inspection of OLE files (old Word, Excel, PowerPoint and WPS): type by streams, passwords, macros, links, objects."""

import io
import itertools
import re
import struct
import zlib
from contextlib import contextmanager

import olefile

from wenshang_disclosure.core.office.signatures import OLE_HEAD, PROGRAM_HEADS
from wenshang_disclosure.core.web.errors import Refused

from . import formulas, mails
from .kinds import (
    LOCKED_FILE,
    LOCKED_INSIDE,
    PROGRAMS,
    WITH_ATTACHMENT,
    WITH_LINKS,
    Mismatch,
    ending_of,
)
from .limits import DOCUMENT, named_inside

LOCKED = "“{name}”设有打开密码，无法查看内容，不能上传。请取消密码后重新上传。"
MACROS = "“{name}”含有宏，不能上传。请另存为不含宏的文件。"
PROGRAM = "“{name}”中嵌入了程序，不能上传。请去掉后重新上传。"
ACTIVE = "“{name}”中嵌入了会运行的对象（网页、脚本或 Flash），不能上传。请去掉后重新上传。"
ACTIVE_CLASSES = {  # the ones that need no fault of Office to run something; more in oletools, common/clsid.py
    "EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B",  # Shell.Explorer
    "25336920-03F9-11CF-8FD0-00AA00686F13",  # htmlfile
    "3050F4D8-98B5-11CF-BB82-00AA00BDCE0B",  # HTML application
    "06290BD2-48AA-11D2-8432-006008C3FBFC",  # scriptletfile
    "06290BD3-48AA-11D2-8432-006008C3FBFC",  # script moniker
    "0E59F1D5-1FBE-11D0-8FF2-00A0D10038BC",  # MSScriptControl
    "79EAC9E0-BAF9-11CE-8C82-00AA004BA90B",  # URL moniker
    "D27CDB6E-AE6D-11CF-96B8-444553540000",  # Flash
    "D27CDB70-AE6D-11CF-96B8-444553540000",  # Flash
}
MACRO_STORAGES = {"macros", "_vba_project_cur", "vba", "_vba_project"}
MAX_STREAMS = 5_000
MAX_STREAM_BYTES = 100 * 1024 * 1024
EMBEDDED_HEAD_BYTES = 4096
FILE_PASS, BOUND_SHEET, END_OF_GLOBALS, MACRO_SHEET, LINKED_BOOK = 0x2F, 0x85, 0x0A, 1, 0x1AE
BOOKS = ("Workbook", "Book")  # of Excel 97 and later, and of Excel 5 and 95; a file may have both
BEGINNINGS, EXTERN_SHEET, EXCEL_97 = {0x09, 0x209, 0x409, 0x809}, 0x17, 0x0600
DDE_BOOK = re.compile(rb"^....[\x00\x01][^\x00-\x02][^\x03]*\x03", re.DOTALL)  # SupBook (MS-XLS 2.4.271)
LINKED_OBJECT = 1
ADDRESS = re.compile(r"(https?|ftp|mhtml|script|ms-[a-z]+):\S*|\\\\[\w.-]+\\\S*", re.IGNORECASE)
FIELD = re.compile(
    r"\x13\s*((?:DDE|DDEAUTO|HYPERLINK|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE)\s[^\x13-\x15]{0,2000})",
    re.IGNORECASE,
)
MAX_RECORDS = 200_000
MAX_RECORDS_OF_BOOK = 5_000_000
LINKED_TO_FILE, ON_A_DISK, ON_A_SHARE, AT_AN_ADDRESS = "\x01", "\x01", "@", "\x05"  # VirtualPath (MS-XLS 2.5.277)
OWN_SHEET, ADD_IN, BETWEEN_PROGRAM_AND_SUBJECT = ("\x00", "\x02", "\x03", "\x04"), ":", "\x03"
NO_PATH = {0x0401, 0x3A01}  # the book itself, and add-ins
QUERY, REFRESHED_ON_OPENING = 0x1AD, 0x20  # Qsi, fAutoRefresh (MS-XLS 2.4.208)
REFRESHED = "“{name}”打开时会从外部数据源刷新数据，不能上传。请删除“数据”中的连接后重新上传。"
MAIL_CONTENT = "__substg1.0_37010102"  # of an attachment (MS-OXMSG 2.2.2)
MAIL_NAMES = {"3707001f": "utf-16-le", "3704001f": "utf-16-le", "3707001e": "gb18030", "3704001e": "gb18030"}
MEDIA_OF_SLIDES = {0x0FCE, 0x1005, 0x1006, 0x1007, 0x100D, 0x1010}  # linked objects, films, sounds (MS-PPT 2.13.24)
CONTAINER, TEXT_OF_SLIDES = 0xF, 0x0FBA
ENCRYPTED_DOC = 0x0100
SLIDES, OBJECT_OF_SLIDES, RECORD_HEAD = "PowerPoint Document", 0x1011, struct.Struct("<2HL")
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


def inspect(upload, name, which, limits):
    """Return the marks of a file with one of the streams `which` (comma-separated). Raises `Mismatch` or `Refused`."""
    with opened(upload) as file:
        if file.exists("EncryptedPackage"):
            raise Refused(LOCKED.format(name=name))
        main = next((stream for stream in which.split(",") if file.exists(stream)), None)
        if main is None:
            raise Mismatch
        if main == "WordDocument" and _is_locked(file):
            raise Refused(LOCKED.format(name=name))
        return _marks(file, name, limits)


def inspect_any(upload, name, limits):
    """Return the marks of an OLE file of any kind inside another. Raises `Refused`; nothing opens a damaged one."""
    try:
        with limits.deeper(DOCUMENT), opened(upload) as file:
            if file.exists("EncryptedPackage") or file.exists("WordDocument") and _is_locked(file):
                return (LOCKED_INSIDE,)
            return _marks(file, name, limits)
    except Mismatch:
        return ()


def _marks(file, name, limits):
    if has_macros(file):
        raise Refused(MACROS.format(name=name))
    if any(file.getclsid(place) in ACTIVE_CLASSES for place in ([], *file.listdir(streams=False, storages=True))):
        raise Refused(ACTIVE.format(name=name))
    if file.exists("EncryptedSummary") or any(kind == FILE_PASS for kind, _ in _records_of_book(file)):
        return (*embedded(file, name, limits), LOCKED_FILE)
    return (*embedded(file, name, limits), *_marks_of_links(file, name))


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


def embedded(file, name, limits):
    """Return the marks of embedded files. Raises `Refused` for a program."""
    streams = file.listdir()
    if len(streams) > MAX_STREAMS:
        raise Mismatch
    marks = []
    for stream in streams:
        last = stream[-1].lower()
        if last == "\x01ole10native":
            marks += _marks_of_package(file, stream, name, limits)
        elif last == MAIL_CONTENT:
            marks += _marks_of_mail_attachment(file, stream, name, limits)
        elif last == "package":  # a new Office file as an object
            content = io.BytesIO(file.openstream(stream).read(MAX_STREAM_BYTES))
            marks += limits.inspect_inside(content, named_inside(name, stream[0]), (), limits)
    for content in _objects_of_slides(file):
        limits.take(len(content))
        marks += limits.inspect_inside(io.BytesIO(content), name, (), limits)
    return marks


def _objects_of_slides(file):
    """Yield the OLE files that the top records of old slides hold, compressed or not: objects, and macros (MS-PPT)."""
    if not file.exists(SLIDES):
        return
    content = file.openstream(SLIDES).read(MAX_STREAM_BYTES)
    at = 0
    while at + RECORD_HEAD.size <= len(content):
        instance, kind, size = RECORD_HEAD.unpack_from(content, at)
        body = content[at + RECORD_HEAD.size :][:size] if kind == OBJECT_OF_SLIDES else b""
        at += RECORD_HEAD.size + size
        if body.startswith(OLE_HEAD):
            yield body
        elif body:
            yield zlib.decompressobj().decompress(body[4:], MAX_STREAM_BYTES)  # behind its size


def _marks_of_package(file, stream, name, limits):
    """Return the marks of a file that was dragged into a document. Raises `Refused` for a program."""
    content = file.openstream(stream).read(MAX_STREAM_BYTES)
    if _program_name.search(content[:EMBEDDED_HEAD_BYTES]):
        raise Refused(PROGRAM.format(name=name))
    label, inside = _unpacked(content)
    if inside.startswith(PROGRAM_HEADS) and b"\x00" in inside:
        raise Refused(PROGRAM.format(name=name))
    if not inside:
        return (WITH_ATTACHMENT,)
    endings = {ending_of(label)}
    return (WITH_ATTACHMENT, *limits.inspect_inside(io.BytesIO(inside), named_inside(name, label), endings, limits))


def _marks_of_mail_attachment(file, stream, name, limits):
    """Return the marks of what is attached to a mail of Outlook's. Raises `Refused` by its name and its content."""
    labels = [label for kind in MAIL_NAMES if (label := _mail_text(file, stream, kind))]
    return mails.marks_of_attachment(file.openstream(stream).read(MAX_STREAM_BYTES), labels, name, limits)


def _mail_text(file, stream, kind):
    place = [*stream[:-1], f"__substg1.0_{kind}"]
    said = file.openstream(place).read(EMBEDDED_HEAD_BYTES) if file.exists(place) else b""
    return said.decode(MAIL_NAMES[kind], "replace").split("\0")[0]


def _unpacked(content):
    """Return `(name, content)` of the file in an Ole10Native stream, empty if it is not of that form."""
    _, _, rest = content[6:].partition(b"\0")
    path, _, rest = rest.partition(b"\0")
    if len(rest) < 8:
        return "", b""
    at = 8 + struct.unpack_from("<L", rest, 4)[0]  # over a temporary path
    size = struct.unpack_from("<L", rest, at)[0] if at + 4 <= len(rest) else 0
    return path.decode("gb18030", "replace").replace("\\", "/").rpartition("/")[2], rest[at + 4 : at + 4 + size]


def _marks_of_links(file, name):
    """Return the marks of what a document links to. Raises `Refused` for DDE and for the network."""
    marks = []
    for stream in file.listdir():
        if stream[-1].lower() == "\x01ole":
            marks += _marks_of_linked_object(file.openstream(stream).read(EMBEDDED_HEAD_BYTES), name)
    if file.exists("WordDocument"):
        for instruction in _fields(file.openstream("WordDocument").read(MAX_STREAM_BYTES)):
            marks += formulas.marks_of_field(instruction, name)
    for path in _media_of_slides(file):
        marks += formulas.marks_of_reading([path], name)
    return (*marks, *_marks_of_linked_books(file, name), *_marks_of_queries(file, name))


def _marks_of_linked_books(file, name):
    marks = []
    for body in (body for kind, body in _records_of_book(file) if kind == LINKED_BOOK):
        if DDE_BOOK.search(body):
            raise Refused(formulas.DDE.format(name=name))
        if path := _path_of_book(body):
            marks += formulas.marks_of_reading([path], name)
    for body in _extern_sheets(file):
        marks += _marks_of_extern_sheet(body[1:].decode("gb18030", "replace"), name)
    return marks


def _extern_sheets(file):
    """Yield what a workbook of Excel 95 and earlier, or a sheet of it, links to; later ones have numbers there."""
    version = EXCEL_97
    for kind, body in _records_of_book(file, of_sheets=True):
        if kind in BEGINNINGS:
            version = struct.unpack_from("<H", body)[0] if kind == 0x809 and len(body) > 1 else 0
        elif kind == EXTERN_SHEET and version < EXCEL_97:
            yield body


def _marks_of_extern_sheet(said, name):
    """Return the mark of a link to another workbook. Raises `Refused` for DDE and for the network."""
    if said in {"", ADD_IN} or said.startswith(OWN_SHEET):
        return ()
    if said.startswith(LINKED_TO_FILE):
        return formulas.marks_of_reading([_plain_path(said[1:])], name)
    if BETWEEN_PROGRAM_AND_SUBJECT in said:
        raise Refused(formulas.DDE.format(name=name))
    return formulas.marks_of_reading([said.lstrip("[")], name)


def _marks_of_queries(file, name):
    """Return the mark of data from elsewhere in an old workbook. Raises `Refused` if it is read anew on opening."""
    queries = [body for kind, body in _records_of_book(file, of_sheets=True) if kind == QUERY]
    if any(body[:1] and body[0] & REFRESHED_ON_OPENING for body in queries):
        raise Refused(REFRESHED.format(name=name))
    return (WITH_LINKS,) if queries else ()


def _path_of_book(body):
    """Return the path of the workbook that an old one links to, "" where the record means no file."""
    length = struct.unpack_from("<H", body, 2)[0] if len(body) > 5 else 0
    if not length or length in NO_PATH:
        return ""
    is_wide = body[4] & 1
    path = body[5 : 5 + length * (1 + is_wide)].decode("utf-16-le" if is_wide else "gb18030", "replace")
    if not path.startswith(LINKED_TO_FILE):
        return ""
    return _plain_path(path[1:])


def _plain_path(path):
    """Return an encoded path as it is typed."""
    if path.startswith(AT_AN_ADDRESS):
        return path[2:]  # behind its length
    if path.startswith(ON_A_DISK):
        path = path[2:] if path[1:2] != ON_A_SHARE else f"\\\\{path[2:]}"
    return re.sub("[\x02-\x04]", r"\\", path)


def _media_of_slides(file):
    """Yield the paths of linked objects, films and sounds in old slides."""
    content = file.openstream(SLIDES).read(MAX_STREAM_BYTES) if file.exists(SLIDES) else b""
    at, until = 0, 0
    for _ in range(MAX_RECORDS):
        if at + RECORD_HEAD.size > len(content):
            return
        instance, kind, size = RECORD_HEAD.unpack_from(content, at)
        at += RECORD_HEAD.size
        if kind in MEDIA_OF_SLIDES:
            until = max(until, at + size)
        if kind == TEXT_OF_SLIDES and at < until and (path := content[at : at + size].decode("utf-16-le", "replace")):
            yield path
        at += 0 if instance & CONTAINER == CONTAINER else size  # what is in a container is looked at one by one


def _marks_of_linked_object(content, name):
    """Return the mark of an object that is only linked (MS-OLEDS 2.3.3)."""
    if len(content) < 8 or not content[4] & LINKED_OBJECT:
        return ()
    said = content.replace(b"\0", b"").decode("latin-1")
    if found := ADDRESS.search(said):
        raise Refused(formulas.OUTSIDE.format(name=name, target=found[0][: formulas.MAX_TARGET_CHARACTERS]))
    return (WITH_LINKS,)


def _fields(content):
    """Yield the instructions of fields in the text of an old Word document, in either of its two codes."""
    for text in (content.decode("latin-1"), *(content[odd:].decode("utf-16-le", "ignore") for odd in (0, 1))):
        yield from FIELD.findall(text)


def _is_locked(file):
    head = file.openstream("WordDocument").read(12)
    return len(head) == 12 and bool(struct.unpack_from("<H", head, 10)[0] & ENCRYPTED_DOC)


def _records_of_book(file, *, of_sheets=False):
    """Yield the global records of old workbooks as `(kind, body)`, or all of them; none for other files.

    Raises `Mismatch` for more records than a workbook has.
    """
    for content in (file.openstream(name) for name in BOOKS if file.exists(name)):
        for number in itertools.count():
            head = content.read(4)
            if len(head) < 4:
                break
            kind, size = struct.unpack("<2H", head)
            if kind == END_OF_GLOBALS and not of_sheets:
                break
            if number == MAX_RECORDS_OF_BOOK:
                raise Mismatch
            yield kind, content.read(size)


def _has_macros_in_slides(file):
    if not file.exists(SLIDES) or file.get_size(SLIDES) > MAX_STREAM_BYTES:
        return False
    content = file.openstream(SLIDES).read()
    at = content.find(VBA_IN_SLIDES)
    return at >= 0 and content[at + 20 : at + 24] not in (b"", bytes(4))
