"""Inspection of all objects of a PDF; as a program it reads standard input and prints its findings."""

import sys

import pikepdf

from .kinds import LOCKED_FILE, PROGRAMS, WITH_ATTACHMENT, ending_of

DAMAGED, PROGRAM = "damaged", "program"
MARKS = {WITH_ATTACHMENT, LOCKED_FILE}
SCRIPT = "脚本"
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
KINDS = {"/RichMedia": "多媒体", "/Movie": "多媒体", "/Screen": "多媒体", "/3D": "三维模型"}
MAX_VALUES = 5_000_000


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
    if "/XFA" in value and _has_script(value["/XFA"]):
        yield SCRIPT
    if "/EF" in value:
        yield WITH_ATTACHMENT
        names = [str(value[key]) for key in ("/UF", "/F") if isinstance(value.get(key), pikepdf.String)]
        if any(ending_of(name.rstrip(". \x00")) in PROGRAMS for name in names):
            yield PROGRAM


def _name(value, key):
    said = value.get(key)
    return said.unparse().decode("latin-1") if isinstance(said, pikepdf.Name) else ""  # names need not be UTF-8


def _has_script(form):
    """Return whether the parts of an XFA form contain a script."""
    parts = list(form) if isinstance(form, pikepdf.Array) else [form]
    return any(b"<script" in part.read_bytes().lower() for part in parts if isinstance(part, pikepdf.Stream))


def main():
    """Inspect standard input; fails if the limits of the sandbox are exceeded."""
    for word in found_in(sys.stdin.buffer):
        print(word)  # noqa: T201, the parent listens


if __name__ == "__main__":
    main()
