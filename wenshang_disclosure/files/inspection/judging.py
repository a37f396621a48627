"""Judgement of uploads: the content has to match the extension and must not be active.

What is refused, marked and let through is listed in docs/files.md.
"""

import struct
import zipfile
from dataclasses import dataclass

import filetype

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.office.signatures import (
    OLE_HEAD,
    PDF_HEAD,
    RTF_HEAD,
    ZIP_END,
    ZIP_HEADS,
    is_binary_program,
)
from wenshang_disclosure.core.web.errors import Refused

from . import bundles, mails, office, ole, pdf, pictures, text
from .kinds import ALLOWED, IN_WORDS, MAILS, PDF_HEAD_WITHIN_BYTES, TEXTS, Mismatch, ending_of
from .limits import Limits

HEAD_BYTES = 8192
MAX_COMMENT_BYTES = 65_535
END_OF_ZIP = struct.Struct("<4s4H2LH")
WRONG_TYPE = f"“{{name}}”的类型不在可上传范围内。可上传：{IN_WORDS}。"
MISMATCH = "“{name}”的内容与扩展名 .{ending} 不符，或文件已损坏，请核对后重新上传。"
A_PROGRAM = "“{name}”是程序，不能上传。请核对是否选错了文件。"
DAMAGED_INSIDE = "“{name}”已损坏，无法检查，不能上传。请去掉或换成完好的文件后重新上传。"
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class Verdict:
    """Result of an inspection: the content type to serve, and warnings for those who open the file."""

    content_type: str
    marks: tuple[str, ...] = ()

    @property
    def in_words(self):
        """The marks as displayed."""
        return "、".join(self.marks)


def judge(upload, name, *, endings=ALLOWED, other_kind=""):
    """Return the `Verdict` on an open file named `name` with one of `endings`; the file is rewound.

    Raises `Refused` with the fault and the remedy; `other_kind` replaces the general message for files of another type
    and damaged files.
    """
    ending = ending_of(name)
    if ending not in endings:
        raise Refused((other_kind or WRONG_TYPE).format(name=name))
    content_type, wanted = ALLOWED[ending]
    kind, _, which = wanted.partition(":")
    try:
        upload.seek(0)
        head = upload.read(HEAD_BYTES)
        if kind in {"office", "ofd", "zip"}:
            _refuse_locked(upload, head, name)
        elif _is_two_files_in_one(upload, head, kind):
            raise Mismatch
        limits = _limits_for(upload, name)
        marks = [*INSPECT[kind](upload, name, which or ending, limits), *pdf.marks_of_all(limits.pdfs)]
    except Mismatch:
        raise Refused((other_kind or MISMATCH).format(name=name, ending=ending)) from None
    finally:
        upload.seek(0)
    return Verdict(content_type, tuple(dict.fromkeys(marks)))


def judge_by_signature(upload, name):
    """Return the `Verdict` on a file of any type that is read in the sandbox and not served.

    Raises `Refused` for programs; other unreadable files are refused when they are read.
    """
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    upload.seek(0)
    if is_binary_program(head):
        raise Refused(A_PROGRAM.format(name=name))
    return Verdict(UNKNOWN)


def _refuse_locked(upload, head, name):
    """Raise `Refused` for a password, `Mismatch` unless the file starts as a zip archive.

    A program followed by an archive can be opened as an archive too.
    """
    if head.startswith(OLE_HEAD):
        ole.refuse_locked(upload, name)
    if not head.startswith(ZIP_HEADS):
        raise Mismatch


def _is_two_files_in_one(upload, head, kind):
    """Return whether a file of another type could also be opened as a PDF or a zip archive."""
    if kind != "pdf" and PDF_HEAD in head[:PDF_HEAD_WITHIN_BYTES]:
        return True
    size = upload.seek(0, 2)
    upload.seek(max(0, size - END_OF_ZIP.size - MAX_COMMENT_BYTES))
    return _ends_as_zip(upload.read())


def _limits_for(upload, name):
    """Return the limits of an upload; a large archive may unpack to twice its size."""
    size = upload.seek(0, 2)
    return Limits(name, _inspect_inside, left_bytes=max(archives.MAX_UNPACKED_BYTES, 2 * size))


def _inspect_inside(content, name, endings, limits):
    """Return the marks of a file inside an upload by the rules for its content. Raises `Refused`."""
    head = content.read(HEAD_BYTES)
    if head.startswith(ZIP_HEADS):
        return _inspect_zip_inside(content, name, limits)
    if head.startswith(OLE_HEAD):
        return ole.inspect_any(content, name, limits)
    if head.startswith(RTF_HEAD):
        return text.inspect_rtf(content, name, limits)
    if not MAILS.isdisjoint(endings):
        return mails.inspect(content, name, limits)
    if PDF_HEAD in head[:PDF_HEAD_WITHIN_BYTES]:
        limits.pdfs.append((name, content))
        return ()
    ending = next((ending for ending in TEXTS if ending in endings), "")
    return _inspect_text_inside(content, name, ending, limits) if ending else ()


def _inspect_zip_inside(content, name, limits):
    try:
        with zipfile.ZipFile(archives.LimitedReader(content)) as archive:
            parts = {part.lower() for part in archive.namelist()}
        if "[content_types].xml" in parts:
            return office.inspect_any(content, name, limits)
        return (office.inspect_ofd if "ofd.xml" in parts else bundles.inspect)(content, name, "", limits)
    except (*archives.BROKEN, Mismatch):
        raise Refused(DAMAGED_INSIDE.format(name=name)) from None


def _inspect_text_inside(content, name, ending, limits):
    try:
        return text.inspect(content, name, ending, limits)
    except Mismatch:  # in an encoding of its own
        return ()


def _ends_as_zip(tail):
    at = tail.rfind(ZIP_END)
    while at >= 0:
        rest = len(tail) - at - END_OF_ZIP.size
        if rest >= 0 and END_OF_ZIP.unpack_from(tail, at)[-1] == rest:
            return True
        at = tail.rfind(ZIP_END, 0, at)
    return False


def _video(upload, name, which, limits):
    upload.seek(0)
    found = filetype.guess(upload.read(HEAD_BYTES))
    if found is None or found.extension != which:
        raise Mismatch
    return ()


INSPECT = {
    "pdf": pdf.inspect,
    "picture": pictures.inspect,
    "office": office.inspect,
    "ofd": office.inspect_ofd,
    "ole": ole.inspect,
    "text": text.inspect,
    "zip": bundles.inspect,
    "video": _video,
}
