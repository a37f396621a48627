"""Reader of SpreadsheetML, the XML of Excel 2003, which systems also send as .xls."""

import re

from lxml import etree

from wenshang_disclosure.core.office.archives import DAMAGED, SUSPICIOUS
from wenshang_disclosure.core.web.errors import Unreadable

from .formats import GENERAL, shown
from .source import MAX_COLUMNS, MAX_ROWS, Grid, Row, Source, tidy, trimmed, without_marks
from .xml import attribute, children, first

DAY = re.compile(r"^(\d{4})-(\d\d)-(\d\d)")
NAMED_FORMATS = {"Short Date": "yyyy/m/d", "Long Date": "yyyy/m/d", "General Date": "yyyy/m/d", "Fixed": "0.00"}


def parsed(data):
    """Return the root of an XML file that stands alone. Raises `Unreadable` for damage and definitions of its own."""
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise Unreadable(SUSPICIOUS)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Unreadable(DAMAGED) from fault
    if root.getroottree().docinfo.doctype:
        raise Unreadable(SUSPICIOUS)
    return root


def read(root):
    """Return the `Source` of a workbook."""
    source = Source(paragraphs=[], grids=[])
    codes = {
        attribute(style, "ID"): attribute(first(style, "NumberFormat"), "Format") or GENERAL
        for style in children(first(root, "Styles"), "Style")
        if first(style, "NumberFormat") is not None
    }
    for sheet in children(root, "Worksheet"):
        options = first(sheet, "WorksheetOptions", "Visible")
        grid = Grid(f"工作表“{attribute(sheet, 'Name') or ''}”", hidden=options is not None)
        table = first(sheet, "Table")
        if table is not None:
            _fill(grid, table, codes)
        grid = trimmed(grid)
        if grid.rows:
            source.grids.append(grid)
    return source


def _whole(element, name, default=0):
    text = attribute(element, name) or ""
    return min(int(text), 2_000_000) if text.isdecimal() else default


def _fill(grid, table, codes):
    number, at = 0, 0
    for column in children(table, "Column"):
        at = _whole(column, "Index", at + 1)
        if attribute(column, "Hidden") == "1":
            grid.hidden_columns += range(at - 1, min(at + _whole(column, "Span"), MAX_COLUMNS))
        at += _whole(column, "Span")
    above = {}  # column → [last row, text, mark]
    for line in children(table, "Row"):
        number = _whole(line, "Index", number + 1)
        row = Row(number, [], [], attribute(line, "Hidden") == "1")
        _cells(row, line, codes, above)
        grid.rows.append(row)
        number += _whole(line, "Span")
        if len(grid.rows) > MAX_ROWS:
            raise Unreadable(f"文件中的表格超过{MAX_ROWS}行，未予读取。请分开导入。")


def _cells(row, line, codes, above):
    cells = {}
    column = 0
    for cell in children(line, "Cell"):
        column = _whole(cell, "Index", 0) or _free(column + 1, row.number, above)
        text = _text(cell, codes.get(attribute(cell, "StyleID"), GENERAL))
        across, down = min(_whole(cell, "MergeAcross"), MAX_COLUMNS), _whole(cell, "MergeDown")
        for step in range(across + 1):
            cells[column + step] = (text, "left" if step else "")
            if down:
                above[column + step] = (row.number + down, text, "left" if step else "up")
        column += across
    for place, (last, text, mark) in above.items():
        if row.number <= last and place not in cells:
            cells[place] = (text, mark)
    width = min(max(cells, default=0), MAX_COLUMNS)
    row.cells = [cells.get(place, ("", ""))[0] for place in range(1, width + 1)]
    row.covered = [cells.get(place, ("", ""))[1] for place in range(1, width + 1)]


def _free(column, number, above):
    while column in above and above[column][0] >= number:
        column += 1
    return column


def _text(cell, code):
    data = first(cell, "Data")
    if data is None:
        return ""
    text, kind = "".join(data.itertext()), attribute(data, "Type")
    found = DAY.match(text)
    if kind == "DateTime" and found:
        return _day(found, code)
    if kind == "Number":
        try:
            return tidy(shown(float(text), NAMED_FORMATS.get(code, code)))
        except ValueError:
            return tidy(text)
    return tidy(without_marks(text))


def _day(found, code):
    year, month, day = map(int, found.groups())
    has_day = "d" in code.lower() or code in NAMED_FORMATS or code == GENERAL
    return f"{year}年{month}月{day}日" if has_day else f"{year}年{month}月"
