"""Inspection of PDFs: active content is refused, attachments are marked.

PDFs are inspected in the sandbox, since compressed objects may unpack to any size. Only small ones without compressed
objects are inspected in this process.
"""

import contextlib
import math
import re
import shutil
import tempfile
from dataclasses import replace

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.office.signatures import PDF_HEAD
from wenshang_disclosure.core.web.errors import Refused

from . import pdf_child
from .kinds import Mismatch

MAX_BYTES_BEFORE_HEAD = 16  # white space or a byte order mark, which some programs write first
LIMITS = sandbox.Limits(seconds=20, cpu_seconds=20, memory_bytes=1024**3)
SECONDS_FOR_EACH, MAX_SECONDS = 0.3, 60  # of several in an archive
MAX_IN_PLACE_BYTES = 256 * 1024
PACKED = re.compile(rb"/ObjStm|/XRef|/Encrypt|/Prev|/XFA|/EF|#[0-9A-Fa-f]{2}")
ACTIVE = "“{name}”含有{what}，打开时可能运行，不能上传。请用“打印”另存为不含{what}的 PDF 后重新上传。"
PROGRAM = "“{name}”中附有程序，不能上传。请去掉附件后重新上传。"
DAMAGED = "“{name}”已损坏，无法检查，不能上传。请核对后重新打包。"
UNCHECKED = "“{name}”结构过于复杂，无法检查，不能上传。请用“打印”另存为 PDF 后重新上传。"


def inspect(upload, name, which, limits):
    """Return the marks. Raises `Mismatch` if it is damaged or no PDF, `Refused` for active content."""
    upload.seek(0)
    head = upload.read(len(PDF_HEAD) + MAX_BYTES_BEFORE_HEAD)
    if not head.lstrip(b"\xef\xbb\xbf\x00\t\r\n\f ").startswith(PDF_HEAD):
        raise Mismatch
    [found] = _found([upload])
    if found == [pdf_child.DAMAGED]:
        raise Mismatch
    return _judged(found, name)


def marks_of_all(pdfs):
    """Return the marks of PDFs inside an upload, given as `[(name, open file)]`. Raises `Refused`."""
    marks = []
    for (name, _), found in zip(pdfs, _found([content for _, content in pdfs]), strict=True):
        if found == [pdf_child.DAMAGED]:
            raise Refused(DAMAGED.format(name=name))
        marks += _judged(found, name)
    return marks


def _judged(found, name):
    if found is None:
        raise Refused(UNCHECKED.format(name=name))
    if pdf_child.PROGRAM in found:
        raise Refused(PROGRAM.format(name=name))
    active = [what for what in found if what not in pdf_child.MARKS]
    if active:
        raise Refused(ACTIVE.format(name=name, what="、".join(active)))
    return found


def _found(uploads):
    """Return the findings of `pdf_child` on each file, `None` where a limit was exceeded."""
    found = {number: _found_here(upload) for number, upload in enumerate(uploads) if _is_small_and_plain(upload)}
    rest = [upload for number, upload in enumerate(uploads) if number not in found]
    in_child = iter(_found_by_child(rest) if rest else ())
    return [found[number] if number in found else next(in_child, None) for number in range(len(uploads))]


def _is_small_and_plain(upload):
    upload.seek(0)
    content = upload.read(MAX_IN_PLACE_BYTES + 1)
    upload.seek(0)
    return len(content) <= MAX_IN_PLACE_BYTES and not PACKED.search(content)


def _found_here(upload):
    try:
        return pdf_child.found_in(upload)
    except MemoryError:  # a chain without end
        return None


def _found_by_child(uploads):
    """Return the findings on each file, as far as the child gets within its limits."""
    lines = []
    with tempfile.TemporaryFile() as file:
        sizes = [_append(upload, file) for upload in uploads]
        file.seek(0)
        seconds = min(LIMITS.seconds + SECONDS_FOR_EACH * (len(uploads) - 1), MAX_SECONDS)
        limits = replace(LIMITS, seconds=seconds, cpu_seconds=math.ceil(seconds))
        with contextlib.suppress(sandbox.Failed):
            sandbox.run_module(pdf_child.__name__, *sizes, limits=limits, on_line=lines.append, stdin=file)
    found = [[]]
    for line in lines:
        if line == pdf_child.END:
            found.append([])
        else:
            found[-1].append(line)
    return found[:-1]


def _append(upload, file):
    """Copy a file to the end of another; return its size."""
    before = file.tell()
    upload.seek(0)
    shutil.copyfileobj(upload, file, 1024 * 1024)
    return file.tell() - before
