"""Text of runs as Word shows it: symbols, pronunciation, struck and hidden text."""

import re

from .source import marked, without_marks
from .xml import attribute, children, first, name_of, truth

SKIPPED = {
    "del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "txbxContent", "footnoteReference",
    "endnoteReference", "rt", "rubyPr", "tbl", "commentReference", "sdtPr", "delInstrText",
}  # fmt: skip
BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}
SYMBOLS = dict(zip(
    (0xA3, 0xB3, 0xB9, 0xB1, 0xB4, 0xB8, 0xB0, 0xA5, 0xBB, 0xB7, 0xD7, 0xBC, 0xA2, 0xB2, 0xAE, 0xAC, 0xE5),
    "≤≥≠±×÷°∞≈·⋅…′″→←∑", strict=True,
))  # fmt: skip
WINGDINGS = dict(zip(
    (0xFC, 0xFB, 0xA8, 0xFE, 0xFD, 0x6F, 0x52, 0x6C, 0x6E, 0x75, 0xAB, 0xB6, 0xD8, 0xE0, 0xF0, 0x9F, 0xA7),
    "√×□☑☒□☑●■◆★☆▶→▷•▪", strict=True,
))  # fmt: skip
PRIVATE = re.compile("[\uf000-\uf0ff]")
UNKNOWN = "\ufffd"


def symbol(font, code):
    """Return the character that a font for symbols draws at a code, `UNKNOWN` if that cannot be told."""
    font = (font or "").lower()
    code = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    if "wingdings" in font:
        return WINGDINGS.get(code, UNKNOWN)
    if font == "symbol":
        return SYMBOLS.get(code) or (chr(code) if 0x20 <= code < 0x40 or 0x5B <= code < 0x60 else UNKNOWN)
    return chr(code) if 0x20 <= code < 0xE000 else UNKNOWN


class Styles:
    """Which styles strike text out or hide it."""

    def __init__(self, root):
        self.parents, self.own = {}, {}
        for style in children(root, "style"):
            key = attribute(style, "styleId")
            based = first(style, "basedOn")
            self.parents[key] = attribute(based, "val") if based is not None else None
            self.own[key] = _is_out(first(style, "rPr"))

    def is_out(self, key):
        """Return whether text of a style is struck out or hidden."""
        for _ in range(12):
            if key is None or key not in self.own:
                return False
            if self.own[key] is not None:
                return self.own[key]
            key = self.parents[key]
        return False


def _is_out(properties):
    """Return whether properties of a run strike it out or hide it, `None` if they do not say."""
    marks = list(children(properties, "strike", "dstrike", "vanish", "webHidden"))
    said = [mark for mark in marks if name_of(mark) != "webHidden"]
    return any(truth(mark) for mark in said) if said else None


def _value(element, *path):
    found = first(element, *path)
    return attribute(found, "val") if found is not None else None


def runs(element, styles, out=False):
    """Yield the texts inside a paragraph; those that are struck out or hidden are marked."""
    for child in element:
        name = name_of(child)
        if name == "t":
            yield _shown(child.text or "", element)
        elif name == "sym":
            yield _symbol(child)
        elif name in BREAKS:
            yield BREAKS[name]
        elif name == "r":
            yield from _run(child, styles, out)
        elif name == "fldSimple" or (name and name not in SKIPPED):
            yield from runs(child, styles, out)


def _run(run, styles, out):
    properties = first(run, "rPr")
    said = _is_out(properties) if properties is not None else None
    is_out = said if said is not None else styles.is_out(_value(properties, "rStyle")) or out
    texts = runs(run, styles, out)
    if not is_out:
        yield from texts
        return
    text = "".join(texts)
    yield marked(text)


def _symbol(element):
    code = attribute(element, "char") or ""
    try:
        return symbol(attribute(element, "font"), int(code, 16))
    except ValueError:
        return UNKNOWN


def _shown(text, run):
    """Return text with characters of a font for symbols told by what they show."""
    text = without_marks(text)
    if not PRIVATE.search(text):
        return text
    properties = first(run, "rPr", "rFonts")
    font = (
        next((attribute(properties, n) for n in ("ascii", "hAnsi") if attribute(properties, n)), "")
        if (properties is not None)
        else ""
    )
    return PRIVATE.sub(lambda found: symbol(font, ord(found[0])), text)
