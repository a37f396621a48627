"""Inspection of text files: a supported encoding, and not a web page or script under another name."""

import re

from wenshang_disclosure.core.office.signatures import DOS_PROGRAM, ELF_PROGRAM
from wenshang_disclosure.core.web.errors import Refused

from .kinds import Mismatch

HEAD_BYTES = 8192
CHUNK_BYTES = 1024 * 1024
MAX_CELL_BYTES = 1000
ENCODINGS = ("utf-8", "gb18030")
SCRIPT = "“{name}”的内容是网页或脚本，不是文本，不能上传。网页请截图或存为 PDF 后上传。"
FORMULA = "“{name}”含有会启动程序的公式（如“=cmd|…”），不能上传。请去掉后重新上传。"
MARKUP = re.compile(
    r"^\s*(<!doctype|<\?xml|<!--|<%|<\?|@echo\s|#!|\{\\rtf|mime-version:)"
    r"|<(script|html|svg|iframe|object|embed|body|head)[\s>/]|javascript:",
    re.IGNORECASE,
)
BETWEEN_CELLS = re.compile(rb"[,;\t]")
SIGNS = (b"=", b"+", b"-", b"@")


def inspect(upload, name, ending):
    """Return no marks. Raises `Mismatch` if it is not text, `Refused` if it is active content."""
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    if head.startswith((DOS_PROGRAM, ELF_PROGRAM)):
        raise Mismatch
    if MARKUP.search(_decoded(head)):
        raise Refused(SCRIPT.format(name=name))
    if ending == "csv" and _starts_a_program(upload):
        raise Refused(FORMULA.format(name=name))
    return ()


def _decoded(head):
    """Return the head as text, ignoring a truncated last character. Raises `Mismatch`."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(head, "utf-16") or _mismatch()
    if b"\x00" in head:
        raise Mismatch
    found = (_decodes(head[: len(head) - cut], code) for code in ENCODINGS for cut in range(4))
    return next((text for text in found if text is not None), None) or _mismatch()


def _decodes(data, code):
    try:
        return data.decode(code).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def _mismatch():
    raise Mismatch


def _starts_a_program(upload):
    """Return whether a cell is a formula that starts a program, such as `=cmd|'/c calc'!A0`."""
    upload.seek(0)
    before = b""
    while piece := upload.read(CHUNK_BYTES):
        lines = (before + piece.replace(b"\x00", b"")).splitlines()
        if any(_has_dde_formula(line) for line in lines):
            return True
        before = lines[-1][-MAX_CELL_BYTES:] if lines else b""
    return False


def _has_dde_formula(line):
    if b"!" not in line.partition(b"|")[2]:
        return False
    cells = (cell.lstrip(b" \"'") for cell in BETWEEN_CELLS.split(line))
    return any(cell.startswith(SIGNS) and b"|" in cell for cell in cells)
