"""Reader of plain text: .csv, tab-separated cells, and text saved by Word with one cell per line.

Text does not record merged cells; blank cells are interpreted by the rule in design: The table (see `table.py`).
"""

import csv
import io
import re
from pathlib import Path

from wenshang_disclosure.core.web.errors import Unreadable

from .source import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, Grid, Row, Source, tidy, trimmed, without_marks

MAX_BYTES = 20 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
TABLE = "表格"
CELL_ON_A_LINE = re.compile(r"^\t[^\t]*$")
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
MIN_EVEN_SHARE = 0.8  # share of rows with the usual number of cells
DELIMITERS = ",;\t，；|"
SEPARATOR = re.compile(r"^sep=(.)\n", re.I)
QUOTED = re.compile(r'(?:^|\t)"[^"\t]*\n', re.M)
MAX_QUOTED_LINES = 40
HEADING = re.compile("^(?:序号|编号)$|任务|要求|内容|措施|(?:牵头|责任|配合|主办|承办).{0,4}$|时限|期限|时间")


def read(path, progress=lambda done, of: None):
    """Return the `Source` of the file at `path`, in UTF-8, UTF-16 or GB18030. Raises `Unreadable`."""
    data = Path(path).read_bytes()
    if len(data) > MAX_BYTES:
        raise Unreadable("文本文件超过20 MB，不像是一份任务分解表，未予读取。")
    text = decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    named = SEPARATOR.match(text)
    if named:
        return _checked(_as_csv(text[named.end() :], named[1]))
    lines = text.split("\n")
    if sum(bool(CELL_ON_A_LINE.match(line)) for line in lines) >= 6:
        return _checked(_as_word_writes(lines))
    if sum(line.count("\t") >= 2 for line in lines) >= 2:
        quoted = _with_quotes(text)
        return _checked(quoted or _with_tabs(lines))
    return _checked(_as_csv(text))


def decoded(data):
    """Return the text of `data`. Raises `Unreadable` if it is not text."""
    code = BYTE_ORDER_MARKS.get(data[:2])
    for candidate in (code,) if code else ENCODINGS:
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable("文件不是 Word、Excel 文件，也不是文本，无法读取。")


def _checked(source):
    if not source.grids:
        raise Unreadable("文件中没有找到表格。请核对是否选错了文件。")
    for grid in source.grids:
        if len(grid.rows) > MAX_ROWS:
            raise Unreadable(f"{grid.name}有{len(grid.rows)}行，超过{MAX_ROWS}行，未予读取。请分开导入。")
    return source


def _row(number, cells):
    cells = [tidy(without_marks(cell)) for cell in cells[:MAX_COLUMNS]]
    return Row(number, cells, [""] * len(cells))


def _with_quotes(text):
    """Return the `Source` of cells between tabs, some of them quoted with line breaks inside; `None` if none is."""
    if not QUOTED.search(text):
        return None
    csv.field_size_limit(MAX_CELL_CHARACTERS * 10)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    except csv.Error:
        return None
    if any("\t" in cell or cell.count("\n") > MAX_QUOTED_LINES for row in rows for cell in row):
        return None  # a quotation mark that opens nothing
    return _source_of(rows)


def _as_csv(text, delimiter=None):
    sample = text[:20_000]
    delimiter = delimiter or max(DELIMITERS, key=lambda mark: sum(line.count(mark) > 1 for line in sample.split("\n")))
    csv.field_size_limit(MAX_CELL_CHARACTERS * 10)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(row)
            if len(rows) > MAX_ROWS * 2:
                break
    except csv.Error as fault:
        raise Unreadable("文件不是规范的 CSV 表格，无法读取。请用 Excel 打开后另存为 .xlsx 再导入。") from fault
    if not _is_even(rows):
        raise Unreadable("文件中没有找到表格。请核对是否选错了文件。")
    return _source_of(rows)


def _source_of(rows):
    """Return the `Source` of rows of cells: lines with one cell before the table are paragraphs."""
    source = Source(paragraphs=[], grids=[])
    grid = Grid(TABLE, [_row(number, row) for number, row in enumerate(rows, start=1)], knows_merges=False)
    first = next((index for index, row in enumerate(grid.rows) if sum(map(bool, row.cells)) > 1), len(grid.rows))
    source.paragraphs = [text for row in grid.rows[:first] for text in row.cells if text]
    grid = trimmed(Grid(TABLE, grid.rows[first:], knows_merges=False))
    if grid.width > 1:
        source.grids.append(grid)
    return source


def _is_even(rows):
    """Return whether nearly all rows have the same number of cells, as prose with commas has not, or one is a head."""
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    usual = max(set(widths), key=widths.count, default=0)
    is_even = usual >= 2 and widths.count(usual) >= len(widths) * MIN_EVEN_SHARE
    return is_even or any(len([cell for cell in row if HEADING.search(cell) and len(cell) < 16]) > 2 for row in rows)


def _with_tabs(lines):
    source = Source(paragraphs=[], grids=[])
    grid = Grid(TABLE, knows_merges=False)
    for number, line in enumerate(lines, start=1):
        if "\t" in line:
            grid.rows.append(_row(number, line.split("\t")))
        elif line.strip():
            _outside(source, grid, number, line)
    source.grids = [grid] if (grid := trimmed(grid)).rows else []
    return source


def _outside(source, grid, number, line):
    """Add a line without tabs: a paragraph before or after the table, a row with one cell inside it."""
    if not grid.rows:
        source.paragraphs.append(tidy(line))
    elif number == grid.rows[-1].number + 1:
        grid.rows.append(_row(number, [line]))
    else:
        source.after.append(tidy(line))


class _WordText:
    """Parser of text saved by Word: a tab starts a cell, an empty line before it a new row.

    Further paragraphs of a cell start without a tab. A cell that ends with an empty paragraph cannot be told from the
    end of its row, so rows that are too short are joined with the following ones.
    """

    def __init__(self):
        self.rows, self.outside = [], []
        self.blank, self.over = 0, False

    def take(self, number, line):
        if not line.strip(" \u3000\xa0") and not line.startswith("\t"):
            self.blank += 1
            return
        self.over = not line.startswith("\t") and (self.over or self._is_over())
        if line.startswith("\t"):
            self._cell(number, line[1:])
        elif self.over:
            self.outside.append((number, line))
        else:
            self.rows[-1][1][-1] += "\n" + line
        self.blank = 0

    def _cell(self, number, text):
        if not self.rows or self.blank:
            self.rows.append((number, [text]))
        else:
            self.rows[-1][1].append(text)

    def _is_over(self):
        """Return whether no table is open: none has started, or a full row was followed by several empty lines."""
        return not self.rows or (self.blank > 1 and len(self.rows[-1][1]) >= self.width)

    @property
    def width(self):
        return max(len(cells) for _, cells in self.rows[:3]) if self.rows else 0

    def joined(self):
        """Return the rows, with rows that are too short joined."""
        width, rows = self.width, []
        for number, cells in self.rows:
            last = rows[-1][1] if rows else None
            if last is not None and 1 < len(last) < width and len(last) + len(cells) <= width:
                last += cells
            else:
                rows.append((number, list(cells)))
        return rows


def _as_word_writes(lines):
    table = _WordText()
    for number, line in enumerate(lines, start=1):
        table.take(number, line)
    first = table.rows[0][0]
    source = Source(paragraphs=[], grids=[])
    for number, line in table.outside:
        (source.paragraphs if number < first else source.after).append(tidy(line))
    rows = [_row(number, cells) for number, cells in table.joined()]
    grid = trimmed(Grid(TABLE, rows, knows_merges=False))
    source.grids = [grid] if grid.rows else []
    return source
