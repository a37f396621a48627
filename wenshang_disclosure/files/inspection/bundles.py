"""Zip archives as evidence: looked through in memory, entry by entry, down to an archive in the archive."""

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
from .limits import deadline, read_through, within_limits

DEEPEST = 2  # an archive in the archive, and no further
MOST_OF_ONE_INSIDE = 50 * 1024 * 1024  # bytes of a document or an archive that is looked into in memory
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
    """One way through an upload: its name for sentences, by when it has to end, what was found."""

    name: str
    until: float = field(default_factory=deadline)
    marks: list = field(default_factory=list)

    def refuse(self, sentence, entry):
        raise Refused(sentence.format(name=self.name, inside=shown(entry)[:100]))


def inspect(upload, name, which):
    """Inspect an archive and return its marks. Raises `Mismatch` or `Refused`."""
    found = _Inspection(name)
    size = upload.seek(0, 2)
    _inspect_archive(upload, found, depth=1, most_bytes=max(archives.MOST_BYTES, 2 * size))
    return found.marks


def _inspect_archive(file, found, depth, most_bytes=archives.MOST_BYTES):
    if depth > DEEPEST:
        raise Refused(TOO_DEEP.format(name=found.name))
    file.seek(0)
    try:
        with zipfile.ZipFile(archives.Short(file)) as archive:
            within_limits(archive, found.name, most_bytes)
            _refuse_places(archive, found)
            for entry in archive.infolist():
                _inspect_entry(archive, entry, found, depth)
    except archives.BROKEN:
        raise Mismatch from None


def shown(entry):
    """Return an entry's name: Chinese Windows packs in GBK without saying so."""
    if entry.flag_bits & IS_UTF8:
        return entry.filename
    try:
        return entry.orig_filename.encode("cp437").decode("gb18030").split("\x00")[0]
    except UnicodeError:
        return entry.filename


def _refuse_places(archive, found):
    """Refuse what would be unpacked outside its folder, over another, or elsewhere through a link."""
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
    # Windows drops dots and spaces from the end of a name, also such as hide what the file is.
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
    """Refuse macros in a document inside, and inspect an archive inside."""
    if entry.file_size > MOST_OF_ONE_INSIDE:
        found.marks.append(ARCHIVE_INSIDE)
        return
    content = io.BytesIO(archive.read(entry))
    if content.getvalue().startswith(OLE_HEAD):
        if _ole_has_macros(content):
            found.refuse(MACROS, entry)
        return
    inner = zipfile.ZipFile(archives.Short(content))
    if "[Content_Types].xml" not in inner.namelist():
        _inspect_archive(content, found, depth + 1)
    elif any(archives.has_macros(part) for part in inner.infolist()):
        found.refuse(MACROS, entry)


def _ole_has_macros(content):
    try:
        with ole.opened(content) as file:
            return ole.has_macros(file)
    except Mismatch:  # no program opens it either
        return False
