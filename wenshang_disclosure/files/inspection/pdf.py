"""Inspection of PDFs: active content is refused, attachments are marked.

PDFs are inspected in the sandbox, since compressed objects may unpack to any size. Only small ones without compressed
objects are inspected in this process.
"""

import re
import tempfile

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.office.signatures import PDF_HEAD
from wenshang_disclosure.core.web.errors import Refused

from . import pdf_child
from .kinds import Mismatch

MAX_BYTES_BEFORE_HEAD = 16  # white space or a byte order mark, which some programs write first
LIMITS = sandbox.Limits(seconds=20, cpu_seconds=20, memory_bytes=1024**3)
MAX_IN_PLACE_BYTES = 256 * 1024
PACKED = re.compile(rb"/ObjStm|/XRef|/Encrypt|/Prev|/XFA|#[0-9A-Fa-f]{2}")
ACTIVE = "“{name}”含有{what}，打开时可能运行，不能上传。请用“打印”另存为不含{what}的 PDF 后重新上传。"
PROGRAM = "“{name}”中附有程序，不能上传。请去掉附件后重新上传。"
UNCHECKED = "“{name}”结构过于复杂，无法检查，不能上传。请用“打印”另存为 PDF 后重新上传。"


def inspect(upload, name, which):
    """Return the marks. Raises `Mismatch` if it is damaged or no PDF, `Refused` for active content."""
    upload.seek(0)
    head = upload.read(len(PDF_HEAD) + MAX_BYTES_BEFORE_HEAD)
    if not head.lstrip(b"\xef\xbb\xbf\x00\t\r\n\f ").startswith(PDF_HEAD):
        raise Mismatch
    found = _found(upload)
    if found is None:
        raise Refused(UNCHECKED.format(name=name))
    if found == [pdf_child.DAMAGED]:
        raise Mismatch
    if pdf_child.PROGRAM in found:
        raise Refused(PROGRAM.format(name=name))
    active = [what for what in found if what not in pdf_child.MARKS]
    if active:
        raise Refused(ACTIVE.format(name=name, what="、".join(active)))
    return found


def _found(upload):
    """Return the findings of `pdf_child`, `None` if a limit was exceeded."""
    upload.seek(0)
    content = upload.read(MAX_IN_PLACE_BYTES + 1)
    upload.seek(0)
    if len(content) <= MAX_IN_PLACE_BYTES and not PACKED.search(content):
        return pdf_child.found_in(upload)
    with tempfile.TemporaryFile() as file:
        for piece in iter(lambda: upload.read(1024 * 1024), b""):
            file.write(piece)
        file.seek(0)
        return _found_by_child(file)


def _found_by_child(file):
    found = []
    try:
        sandbox.run_module(pdf_child.__name__, limits=LIMITS, on_line=found.append, stdin=file)
    except sandbox.Failed:
        return None
    return found
