"""Reader of .xlsx files: each sheet is a table as Excel shows it, with merged cells filled in."""

import bisect
import re

from lxml import etree

from wenshang_disclosure.core.office.archives import DAMAGED, opened
from wenshang_disclosure.core.web.errors import Unreadable

from . import formats
from .source import MAX_COLUMNS, MAX_ROWS, Grid, Row, Source, marked, tidy, trimmed
from .workbook import Workbook, rich_text, unescaped
from .xml import attribute, children, first, name_of

REFERENCE = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")
NO_RESULT = "该格是公式，文件没有保留计算结果"
AN_ERROR = "该格的公式出错"
TOO_WIDE = "{name}第{column}列以后还有内容（第{row}行：“{text}”），没有读取。"
MAX_COVERED = MAX_ROWS * MAX_COLUMNS


def read(path, progress=lambda done, of: None):
    """Return the `Source` of the file at `path`; calls `progress(rows done, rows total)`. Raises `Unreadable`."""
    with opened(path) as archive:
        rows = _filled_rows(archive)
        if rows > MAX_ROWS:
            raise Unreadable(f"文件中的表格共有{rows}行，超过{MAX_ROWS}行，未予读取。请分开导入。")
        progress(rows // 10, rows)
        return _Reader(archive, Workbook(archive), lambda done: progress(done, rows)).read()


def _each(archive, part, *tags):
    """Yield the elements of a part one by one, in constant memory."""
    try:
        with archive.open(part) as file:
            wanted = tuple(f"{{*}}{tag}" for tag in tags)
            for _, element in etree.iterparse(file, tag=wanted, resolve_entities=False, no_network=True):
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as fault:
        raise Unreadable(DAMAGED) from fault


def _filled_rows(archive):
    """Return the number of rows that are not empty."""
    return sum(
        any(len(cell) for cell in row)
        for name in archive.namelist()
        if name.startswith("xl/worksheets/") and name.endswith(".xml")
        for row in _each(archive, name, "row")
    )


def _number_of(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _place(reference):
    """Return `(row, column)` from 1, `None` for what is no reference."""
    found = REFERENCE.match((reference or "").replace("$", ""))
    return (int(found[2]), _number_of(found[1])) if found else None


class _Reader:
    def __init__(self, archive, book, progress):
        self.archive, self.book, self.progress = archive, book, progress
        self.source = Source(paragraphs=[], grids=[])
        self.done = 0

    def read(self):
        known = set(self.archive.namelist())
        for title, state, part in self.book.sheets:
            if part not in known:
                continue  # a chart, or a macro sheet
            grid = Grid(f"工作表“{title}”", hidden=state != "visible")
            self._fill(grid, part)
            grid = trimmed(grid)
            if grid.rows:
                self.source.grids.append(grid)
        return self.source

    def _fill(self, grid, part):
        merged, hidden, lines = [], [], {}
        number = 0
        for element in _each(self.archive, part, "row", "col", "mergeCell"):
            name = name_of(element)
            if name == "col":
                hidden += self._hidden_columns(element)
            elif name == "mergeCell":
                merged.append(attribute(element, "ref") or "")
            else:
                written = attribute(element, "r") or ""
                number = int(written) if written.isdecimal() else number + 1
                self._line(grid, number, element, lines)
        grid.hidden_columns = hidden
        grid.rows = self._rows(lines, merged)

    def _hidden_columns(self, element):
        width = attribute(element, "width")
        if attribute(element, "hidden") not in ("1", "true") and width not in ("0", "0.0"):
            return []
        low, high = (int(attribute(element, name) or 0) for name in ("min", "max"))
        return list(range(max(low, 1) - 1, min(high, MAX_COLUMNS)))

    def _line(self, grid, number, element, lines):
        """Keep the filled cells of a row, by column from 1."""
        cells, doubts, column = {}, [], 0
        for cell in children(element, "c"):
            place = _place(attribute(cell, "r"))
            column = place[1] if place else column + 1
            text, doubt = self._cell(cell)
            if text and column > MAX_COLUMNS:
                self._note_wide(grid, number, text)
            elif text:
                cells[column] = text
                doubts += [[column - 1, doubt]] if doubt else []
        if cells:
            hidden = attribute(element, "hidden") in ("1", "true") or attribute(element, "ht") in ("0", "0.0")
            lines[number] = (cells, doubts, hidden)
            self.done += 1
            if self.done % 200 == 0:
                self.progress(self.done)

    def _note_wide(self, grid, number, text):
        said = TOO_WIDE.format(name=grid.name, column=MAX_COLUMNS, row=number, text=text[:30])
        if not any(sentence.startswith(f"{grid.name}第{MAX_COLUMNS}列以后") for sentence in self.source.lost):
            self.source.lost.append(said)

    def _rows(self, lines, merged):
        numbers = sorted(lines)
        width = max((max(cells) for cells, _, _ in lines.values()), default=0)
        above, left = _merged(merged, numbers, width)
        rows = []
        for number in numbers:
            cells, doubts, hidden = lines[number]
            row = Row(number, [cells.get(column, "") for column in range(1, width + 1)], [""] * width, hidden, doubts)
            for places, mark in ((above, "up"), (left, "left")):
                for column, (top, first_column) in places.get(number, {}).items():
                    row.cells[column - 1] = lines[top][0].get(first_column, "") if top in lines else ""
                    row.covered[column - 1] = mark
            rows.append(row)
        return rows

    def _cell(self, cell):
        """Return `(text, what is doubtful about it)`."""
        kind, value = attribute(cell, "t") or "n", first(cell, "v")
        written = value.text if value is not None else None
        code, struck = self.book.style(attribute(cell, "s"))
        formula = first(cell, "f")
        if formula is not None and kind != "str" and not written:
            return f"={(formula.text or '')[:60]}", NO_RESULT
        if kind == "e":
            return written or "", AN_ERROR
        text, doubt = self._value(cell, kind, written, code)
        text = tidy(text)
        return (tidy(marked(text)) if struck else text), doubt

    def _value(self, cell, kind, written, code):
        if kind == "inlineStr":
            inside = first(cell, "is")
            return (rich_text(inside) if inside is not None else ""), ""
        if not written:
            return "", ""
        if kind == "s":
            return self.book.text(written), ""
        if kind == "b":
            return ("TRUE" if written == "1" else "FALSE"), ""
        if kind == "d":
            found = re.match(r"(\d{4})-(\d\d)-(\d\d)", written)
            return (f"{found[1]}年{int(found[2])}月{int(found[3])}日" if found else written), ""
        return (self._shown(written, code) if kind == "n" else unescaped(written)), ""

    def _shown(self, written, code):
        try:
            return formats.shown(float(written), code, since_1904=self.book.since_1904)
        except (ValueError, OverflowError):
            return written


def _merged(references, numbers, width):
    """Return two dicts, by row then by column, to the covering cell: above, and left in the same row.

    Only rows that are filled are told, whatever the areas span.
    """
    above, left, covered = {}, {}, 0
    for reference in references:
        begin, _, end = reference.partition(":")
        top, bottom = _place(begin), _place(end)
        if top is None or bottom is None:
            continue
        low, high = bisect.bisect_left(numbers, top[0]), bisect.bisect_right(numbers, bottom[0])
        columns = range(top[1], min(bottom[1], width) + 1)
        covered += (high - low) * len(columns)
        if covered > MAX_COVERED:
            raise Unreadable(DAMAGED)
        for number in numbers[low:high]:
            for column in columns:
                if column > top[1]:
                    left.setdefault(number, {})[column] = top
                elif number > top[0]:
                    above.setdefault(number, {})[column] = top
    return above, left
