"""Reader of .docx files: paragraphs, and tables with merged cells filled in."""

from wenshang_disclosure.core.office.archives import DAMAGED, opened, parsed
from wenshang_disclosure.core.web.errors import Unreadable

from .numbering import Numbering
from .source import MAX_COLUMNS, MAX_ROWS, Grid, Row, Source, tidy, trimmed

SKIPPED = {"del", "moveFrom", "instrText", "delText", "Fallback", "pPr", "rPr", "txbxContent", "footnoteReference"}
BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}


def read(path, progress=lambda done, of: None):
    """Return the `Source` of the file at `path`; calls `progress(rows done, rows total)`. Raises `Unreadable`."""
    with opened(path) as archive:
        root = parsed(archive, "word/document.xml")
        numbering = Numbering(parsed(archive, "word/numbering.xml"), parsed(archive, "word/styles.xml"))
    body = next(_children(root, "body"), None) if root is not None else None
    if body is None:
        raise Unreadable(DAMAGED)
    return _Reader(numbering, progress).read(body)


def _name(element):
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _children(element, *names):
    return (child for child in element if _name(child) in names)


def _value(element, *path):
    """Return the `val` of the descendant at `path`: "" if it has none, `None` if there is no such element."""
    for name in path:
        element = next(_children(element, name), None)
        if element is None:
            return None
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def _number(text, least=0):
    return max(int(text), least) if text and text.isdecimal() else least


class _Reader:
    """A single pass over the body, with progress in rows of all tables."""

    def __init__(self, numbering, progress):
        self.numbering, self.progress = numbering, progress
        self.rows = self.done = 0
        self.source = Source(paragraphs=[], grids=[])

    def read(self, body):
        self.rows = sum(1 for element in body.iter() if _name(element) == "tr")
        if self.rows > MAX_ROWS:
            raise Unreadable(f"文件中的表格共有{self.rows}行，超过{MAX_ROWS}行，未予读取。请分开导入。")
        for block in self._blocks(body):
            if _name(block) == "tbl":
                grid = trimmed(self._grid(block))
                if grid.rows:
                    self.source.grids.append(grid)
            else:
                text = tidy(self._paragraph(block))
                if text:
                    (self.source.after if self.source.grids else self.source.paragraphs).append(text)
        return self.source

    def _blocks(self, element):
        """Yield paragraphs and tables in order, including those inside content controls."""
        for child in element:
            if _name(child) in ("p", "tbl"):
                yield child
            elif _name(child) in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
                yield from self._blocks(child)

    def _grid(self, table):
        grid = Grid(f"第{len(self.source.grids) + 1}个表格")
        above = {}
        for number, line in enumerate(self._lines(table), start=1):
            if self._is_deleted(line):
                continue
            row, above = self._row(number, line, above)
            grid.rows.append(row)
            self.done += 1
            if self.done % 200 == 0:
                self.progress(self.done, self.rows)
        return grid

    def _lines(self, element):
        for child in element:
            if _name(child) == "tr":
                yield child
            elif _name(child) in ("sdt", "sdtContent", "customXml", "ins"):
                yield from self._lines(child)

    def _is_deleted(self, line):
        return any(_name(mark) == "del" for properties in _children(line, "trPr") for mark in properties)

    def _cells(self, element):
        for child in element:
            if _name(child) == "tc":
                yield child
            elif _name(child) in ("sdt", "sdtContent", "customXml", "ins"):
                yield from self._cells(child)

    def _row(self, number, line, above):
        """Return the row, and the texts by column for merged cells in the next row."""
        before = _number(_value(line, "trPr", "gridBefore"))
        cells, covered = [""] * before, [""] * before
        texts = {}
        for cell in self._cells(line):
            column = len(cells)
            if column >= MAX_COLUMNS:
                break
            merge, span = _value(cell, "tcPr", "vMerge"), _number(_value(cell, "tcPr", "gridSpan"), least=1)
            goes_on = merge is not None and merge != "restart" and column in above
            goes_left = _value(cell, "tcPr", "hMerge") == "continue" and column > 0
            text = cells[-1] if goes_left else above[column] if goes_on else self._text(cell)
            first = "left" if goes_left else "up" if goes_on else ""
            span = min(span, MAX_COLUMNS - column)
            cells += [text] * span
            covered += [first] + ["left"] * (span - 1)
            if merge is not None:
                texts[column] = text
        return Row(number, cells, covered), texts

    def _text(self, cell):
        return tidy("\n".join(self._paragraphs(cell)))

    def _paragraphs(self, cell):
        for child in cell:
            if _name(child) == "p":
                yield self._paragraph(child)
            elif _name(child) != "tcPr":
                yield from self._paragraphs(child)

    def _paragraph(self, paragraph):
        return self.numbering.label(paragraph) + "".join(self._runs(paragraph))

    def _runs(self, element):
        for child in element:
            name = _name(child)
            if name == "t":
                yield child.text or ""
            elif name in BREAKS:
                yield BREAKS[name]
            elif name and name not in SKIPPED:
                yield from self._runs(child)
