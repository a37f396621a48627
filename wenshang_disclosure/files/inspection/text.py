"""Inspection of text files: a supported encoding, and not a web page or script under another name."""

import codecs
import csv
import io
import re

from wenshang_disclosure.core.office.signatures import DOS_PROGRAM, ELF_PROGRAM
from wenshang_disclosure.core.web.errors import Refused

from . import formulas
from .kinds import Mismatch

HEAD_BYTES = 8192
CHUNK_BYTES = 1024 * 1024
ENCODINGS = ("utf-8", "gb18030")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SCRIPT = "“{name}”的内容是网页或脚本，不是文本，不能上传。网页请截图或存为 PDF 后上传。"
OBJECTS = "“{name}”中有嵌入的对象或外部模板，不能上传。请另存为 .docx 后重新上传。"
MARKUP = re.compile(
    r"^\s*(<!doctype|<\?xml|<!--|<%|<\?|@echo\s|#!|\{\\rtf|mime-version:)"
    r"|<(script|html|svg|iframe|object|embed|body|head)[\s>/]|javascript:",
    re.IGNORECASE,
)
csv.field_size_limit(2**30)  # a quote that is never closed is no fault of the table
DELIMITERS = ",;\t"
CHOSEN_DELIMITER = re.compile(r'^\ufeff?"?sep=(.)', re.IGNORECASE)  # Excel takes it from the first line
SUSPICIOUS = re.compile(r"\||WEBSERVICE|RTD|DDE|CALL|REGISTER|EXEC|INITIATE|IMAGE", re.IGNORECASE)
LONGEST_WORD = 20
SIGNS = tuple("=+-@＝＋－＠")
BEFORE_A_FORMULA = " \t\r\n\"'\ufeff\u200b\u3000\xa0\x00"
RTF_ACTIVE = re.compile(rb"\\(obj(ect|data|autlink|update|link|html|ocx|emb)|\*\s*\\template)", re.IGNORECASE)
RTF_FIELD = re.compile(rb"\\fldinst([^}]{0,2000}\}?[^}]{0,2000})", re.IGNORECASE)


def inspect(upload, name, ending, limits):
    """Return no marks. Raises `Mismatch` if it is not text, `Refused` if it is active content."""
    upload.seek(0)
    head = upload.read(HEAD_BYTES)
    if head.startswith((DOS_PROGRAM, ELF_PROGRAM)):
        raise Mismatch
    code = _code_of(head)
    if MARKUP.search(_decoded(head, code)):
        raise Refused(SCRIPT.format(name=name))
    if ending == "csv":
        _refuse_formulas(upload, code, name, limits)
    return ()


def inspect_rtf(upload, name, limits):
    """Return the marks of an RTF file inside another. Raises `Refused` for objects, templates, DDE and the network."""
    upload.seek(0)
    content = upload.read()
    if RTF_ACTIVE.search(content):
        raise Refused(OBJECTS.format(name=name))
    marks = []
    for instruction in RTF_FIELD.findall(content):
        said = re.sub(rb"\\(?!\\)[a-z]+-?\d* ?|[{}\r\n]", b"", instruction).decode("latin-1")
        marks += formulas.marks_of_field(said, name)
    return marks


def _code_of(head):
    """Return the name of the encoding. Raises `Mismatch` if there is none."""
    if head.startswith(UTF_16_MARKS):
        return "utf-16"
    if b"\x00" in head:
        raise Mismatch
    return next((code for code in ENCODINGS if _decodes(head, code) is not None), None) or _mismatch()


def _decoded(head, code):
    return (_decodes(head, code) or "").removeprefix("\ufeff")


def _decodes(head, code):
    """Return the head as text, ignoring a truncated last character, `None` if it is in another encoding."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode(code)
        except UnicodeDecodeError:
            continue
    return None


def _mismatch():
    raise Mismatch


def _refuse_formulas(upload, code, name, limits):
    """Raise `Refused` if a cell is a formula that starts a program, such as `=cmd|'/c calc'!A0`, however it is cut."""
    if not _is_suspicious(_pieces(upload, code, limits)):
        return
    first = next(_lines(_pieces(upload, code, limits)), "")
    chosen = CHOSEN_DELIMITER.match(first)
    delimiters = DELIMITERS + (chosen[1] if chosen else "")
    for delimiter in dict.fromkeys(delimiters):
        lines = _lines(_pieces(upload, code, limits))
        for row in csv.reader(lines, delimiter=delimiter):
            _refuse_cells(row, name)
    between = re.compile(f"[{re.escape(delimiters)}]")
    for line in _lines(_pieces(upload, code, limits)):  # whatever the quotes
        if SUSPICIOUS.search(line):
            _refuse_cells(between.split(line), name)


def _refuse_cells(cells, name):
    for cell in cells:
        formula = cell.lstrip(BEFORE_A_FORMULA)
        if formula.startswith(SIGNS):
            formulas.refuse_formula(formula, name)


def _is_suspicious(pieces):
    before = ""
    for piece in pieces:
        if SUSPICIOUS.search(before + piece):
            return True
        before = piece[-LONGEST_WORD:]
    return False


def _pieces(upload, code, limits):
    """Yield the text in pieces of any length."""
    upload.seek(0)
    decoder = codecs.getincrementaldecoder(code)("replace")
    while piece := upload.read(CHUNK_BYTES):
        limits.refuse_late()
        yield decoder.decode(piece)


def _lines(pieces):
    """Yield the lines with their ends, as `csv` takes them."""
    before = []
    for piece in pieces:
        for line in io.StringIO(piece, newline=""):
            before.append(line)
            if line.endswith("\n"):  # after another end the next piece may go on with one
                yield from io.StringIO("".join(before), newline="")
                before = []
    yield from io.StringIO("".join(before), newline="")
