"""Inspection of all objects of PDFs; as a program it reads them from standard input and prints its findings.

pikepdf can remove active content (`pikepdf.sanitize`), from where programs look for it first. Here every object is
looked at, reached or not, because a file is kept as it came.
"""

import io
import sys

import pikepdf

from wenshang_disclosure.core.office.signatures import PROGRAM_HEADS

from . import targets
from .kinds import LOCKED_FILE, PROGRAMS, WITH_ATTACHMENT, WITH_LINKS, WITH_MACROS, ending_of

DAMAGED, PROGRAM, END = "damaged", "program", "end"
MARKS = {WITH_ATTACHMENT, LOCKED_FILE, WITH_LINKS}
SCRIPT, OPENING, OUTSIDE = "脚本", "打开时访问外部地址的动作", "外部文件"
ACTIONS = {
    "/JavaScript": SCRIPT,
    "/Launch": "启动程序的动作",
    "/SubmitForm": "提交表单的动作",
    "/ImportData": "导入数据的动作",
    "/GoToE": "打开附件的动作",
    "/Rendition": "多媒体",
    "/Movie": "多媒体",
    "/RichMediaExecute": "多媒体",
}
LEAVING = {"/URI", "/GoToR", "/Thread"}
KINDS = {"/RichMedia": "多媒体", "/Movie": "多媒体", "/Screen": "多媒体", "/3D": "三维模型"}
XFA_ACTIVE = {b"<script": SCRIPT, b"<submit": "提交表单的动作", b"xml-stylesheet": OUTSIDE, b"<connect ": OUTSIDE}
MAX_VALUES = 5_000_000
MAX_CHAIN = 1000


def found_in(file):
    """Return the names of active content in an open PDF, and its marks; `[DAMAGED]` if it cannot be read."""
    try:
        with pikepdf.open(file, suppress_warnings=True, inherit_page_attributes=False) as document:
            found = {}
            for value in _dictionaries(document):
                found.update(dict.fromkeys(_said_by(value)))
            return list(found)
    except pikepdf.PasswordError:
        return [LOCKED_FILE]
    except MemoryError:
        raise
    except Exception:  # pikepdf raises exceptions of many kinds on damaged files
        return [DAMAGED]


def _dictionaries(document):
    """Yield every dictionary of the document, including nested ones; each object once, so that cycles end."""
    left = MAX_VALUES
    for thing in [*document.objects, document.trailer]:
        inside = [thing]
        while inside:
            value = inside.pop()
            left -= 1
            if not left:
                raise MemoryError
            if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                yield value
            inside += [part for part in _parts(value) if not part.is_indirect]


def _parts(value):
    if isinstance(value, pikepdf.Array):
        parts = list(value)
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        parts = list(value.values() if isinstance(value, pikepdf.Dictionary) else value.stream_dict.values())
    else:
        return []
    return [part for part in parts if isinstance(part, pikepdf.Object)]


def _said_by(value):
    if "/JS" in value:
        yield SCRIPT
    action = ACTIONS.get(_name(value, "/S"))
    kind = KINDS.get(_name(value, "/Subtype"))
    yield from (word for word in (action, kind) if word)
    yield from _said_by_links(value)
    if "/XFA" in value:
        yield from _said_by_form(value["/XFA"])
    if "/EF" in value:
        yield WITH_ATTACHMENT
        if _is_program(value):
            yield PROGRAM


def _said_by_links(value):
    """Yield what leads out of the document: by itself on opening, as content from elsewhere, or when clicked."""
    opened = [value.get("/OpenAction"), *_parts(value.get("/AA"))]
    if any(_name(action, "/S") in LEAVING for first in opened for action in _chain(first)):
        yield OPENING
    if isinstance(value, pikepdf.Stream) and "/F" in value or _is_dictionary(value.get("/Ref")):
        yield OUTSIDE
    if _name(value, "/S") == "/GoToR":
        yield WITH_LINKS
    if _name(value, "/S") == "/URI" and isinstance(address := value.get("/URI"), pikepdf.String):
        if targets.runs(str(address)):
            yield SCRIPT
        elif targets.needs_care(str(address)):
            yield WITH_LINKS


def _chain(action):
    """Yield an action and those that follow it. Raises `MemoryError` for an endless chain."""
    waiting, left = [action], MAX_CHAIN
    while waiting:
        value = waiting.pop()
        left -= 1
        if not left:
            raise MemoryError
        if isinstance(value, pikepdf.Array):
            waiting += [part for part in list(value)[:MAX_CHAIN] if isinstance(part, pikepdf.Object)]
        elif _is_dictionary(value):
            yield value
            waiting.append(value.get("/Next"))


def _is_dictionary(value):
    return isinstance(value, pikepdf.Dictionary | pikepdf.Stream)


def _is_program(specification):
    """Return whether an attached file is a program, a script or a document with macros."""
    names = [str(specification[key]) for key in ("/UF", "/F") if isinstance(specification.get(key), pikepdf.String)]
    if any(ending_of(name.rstrip(". \x00")) in PROGRAMS | WITH_MACROS for name in names):
        return True
    files = [part for part in _parts(specification["/EF"]) if isinstance(part, pikepdf.Stream)]
    return any(_starts_as_program(part.read_bytes()) for part in files)


def _starts_as_program(content):
    return content.startswith(PROGRAM_HEADS) and b"\x00" in content


def _name(value, key):
    said = value.get(key)
    return said.unparse().decode("latin-1") if isinstance(said, pikepdf.Name) else ""  # names need not be UTF-8


def _said_by_form(form):
    """Yield what is active in the parts of an XFA form."""
    parts = list(form) if isinstance(form, pikepdf.Array) else [form]
    content = b"".join(part.read_bytes().lower() for part in parts if isinstance(part, pikepdf.Stream))
    yield from (word for sign, word in XFA_ACTIVE.items() if sign in content)


def main(sizes):
    """Inspect the files of those sizes on standard input; fails if the limits of the sandbox are exceeded."""
    for size in sizes:
        for word in found_in(io.BytesIO(sys.stdin.buffer.read(int(size)))):
            print(word)  # noqa: T201, the parent listens
        print(END, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
