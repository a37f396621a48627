"""Parts of an .xlsx file: its sheets, texts and formats, in the transitional and the strict form of the format."""

import posixpath
import re

from wenshang_disclosure.core.office.archives import DAMAGED, parsed
from wenshang_disclosure.core.web.errors import Unreadable

from .formats import BUILT_IN, GENERAL
from .source import marked, without_marks
from .xml import attribute, children, first, name_of, truth

ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def unescaped(text):
    """Return the text of a cell without escapes: `_x000D_` is a line break, `_x005F_` an underscore (ST_Xstring)."""
    return (
        without_marks(ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)) if "_x" in text else without_marks(text)
    )


def rich_text(element):
    """Return the text of `<si>` or `<is>` without its pronunciation; runs that are struck out are marked."""
    parts = []
    for child in element:
        name = name_of(child)
        if name == "t":
            parts.append(unescaped(child.text or ""))
        elif name == "r":
            text = unescaped("".join(t.text or "" for t in children(child, "t")))
            parts.append(marked(text) if is_struck(first(child, "rPr")) else text)
    return "".join(parts)


def is_struck(properties):
    """Return whether the properties of a run or a font strike it out."""
    return properties is not None and any(truth(mark) for mark in children(properties, "strike"))


class Workbook:
    """The sheets of a workbook as `(title, is hidden, part)`, its shared texts, and the styles of cells."""

    def __init__(self, archive):
        root = parsed(archive, "xl/workbook.xml")
        if root is None:
            raise Unreadable(DAMAGED)
        properties = first(root, "workbookPr")
        self.since_1904 = properties is not None and attribute(properties, "date1904") in ("1", "true")
        parts = self._relations(archive)
        self.sheets = [
            (attribute(sheet, "name") or "", attribute(sheet, "state") or "visible", parts.get(attribute(sheet, "id")))
            for sheet in children(first(root, "sheets"), "sheet")
        ]
        self.texts = self._texts(archive)
        self.styles = self._styles(archive)

    def _relations(self, archive):
        root = parsed(archive, "xl/_rels/workbook.xml.rels")
        found = {}
        for relation in root if root is not None else ():
            target = attribute(relation, "Target") or ""
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            if (attribute(relation, "Type") or "").endswith("/worksheet"):
                found[attribute(relation, "Id")] = path
        return found

    def _texts(self, archive):
        root = parsed(archive, "xl/sharedStrings.xml")
        return [rich_text(element) for element in children(root, "si")] if root is not None else []

    def _styles(self, archive):
        """Return `(format, is struck out)` by the number of a style."""
        root = parsed(archive, "xl/styles.xml")
        if root is None:
            return []
        codes = {str(number): code for number, code in BUILT_IN.items()}
        for format_ in children(first(root, "numFmts"), "numFmt"):
            codes[attribute(format_, "numFmtId")] = attribute(format_, "formatCode") or GENERAL
        struck = [is_struck(font) for font in children(first(root, "fonts"), "font")]
        styles = []
        for style in children(first(root, "cellXfs"), "xf"):
            font = attribute(style, "fontId") or "0"
            is_out = font.isdecimal() and int(font) < len(struck) and struck[int(font)]
            styles.append((codes.get(attribute(style, "numFmtId"), GENERAL), is_out))
        return styles

    def style(self, number):
        """Return `(format, is struck out)` of a cell's style."""
        index = int(number) if number and number.isdecimal() else 0
        return self.styles[index] if index < len(self.styles) else (GENERAL, False)

    def text(self, number):
        """Return a shared text."""
        if not (number or "").strip().isdecimal() or int(number) >= len(self.texts):
            raise Unreadable(DAMAGED)
        return self.texts[int(number)]
