"""Reader of .xlsx files: each visible sheet is a table, with merged cells filled in."""

import datetime as dt

from lxml import etree

from wenshang_disclosure.core.office.archives import DAMAGED, opened
from wenshang_disclosure.core.office.escapes import unescaped
from wenshang_disclosure.core.web.errors import Unreadable

from .source import MAX_COLUMNS, MAX_ROWS, Grid, Row, Source, tidy, trimmed


def read(path, progress=lambda done, of: None):
    """Return the `Source` of the file at `path`; calls `progress(rows done, rows total)`. Raises `Unreadable`."""
    from openpyxl import load_workbook  # by whoever reads a file, in a process of its own

    with opened(path) as archive:
        rows = _filled_rows(archive)
    if rows > MAX_ROWS:
        raise Unreadable(f"文件中的表格共有{rows}行，超过{MAX_ROWS}行，未予读取。请分开导入。")
    progress(rows // 10, rows)
    try:
        with open(path, "rb") as file:  # given a path, openpyxl would check its extension
            book = load_workbook(file, data_only=True)
    except Exception as fault:  # openpyxl raises exceptions of many kinds on damaged files
        raise Unreadable(DAMAGED) from fault
    source = Source(paragraphs=[], grids=[])
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            source.notes.append(f"工作表“{sheet.title}”是隐藏的，没有读取。")
            continue
        grid = trimmed(_grid(sheet, rows, progress))
        if grid.rows:
            source.grids.append(grid)
    return source


def _filled_rows(archive):
    """Return the number of non-empty rows, counted in constant memory."""
    filled = 0
    for name in archive.namelist():
        if not (name.startswith("xl/worksheets/") and name.endswith(".xml")):
            continue
        try:
            with archive.open(name) as part:
                for _, row in etree.iterparse(part, tag="{*}row", resolve_entities=False, no_network=True):
                    filled += any(len(cell) for cell in row)
                    row.clear()
                    while row.getprevious() is not None:
                        del row.getparent()[0]
        except etree.XMLSyntaxError as fault:
            raise Unreadable(DAMAGED) from fault
    return filled


def _grid(sheet, rows, progress):
    grid = Grid(f"工作表“{sheet.title}”")
    above, left = _merged(sheet)
    for cells in sheet.iter_rows(max_col=min(sheet.max_column, MAX_COLUMNS)):
        texts = [_text(cell) for cell in cells]
        covered = [""] * len(cells)
        number = cells[0].row
        for column in range(len(cells)):
            anchor = above.get((number, column + 1)) or left.get((number, column + 1))
            if anchor:
                texts[column] = _text(sheet.cell(*anchor))
                covered[column] = "up" if (number, column + 1) in above else "left"
        if any(texts):
            grid.rows.append(Row(number, texts, covered))
            if len(grid.rows) % 200 == 0:
                progress(len(grid.rows), rows)
    return grid


def _merged(sheet):
    """Return two dicts from covered cells to the covering cell: above, and left in the same row."""
    above, left = {}, {}
    for area in sheet.merged_cells.ranges:
        if (area.max_row - area.min_row + 1) * (area.max_col - area.min_col + 1) > MAX_ROWS * MAX_COLUMNS:
            continue
        anchor = (area.min_row, area.min_col)
        for row in range(area.min_row, min(area.max_row, area.min_row + MAX_ROWS) + 1):
            for column in range(area.min_col, min(area.max_col, MAX_COLUMNS) + 1):
                if column > area.min_col:
                    left[row, column] = anchor
                elif row > area.min_row:
                    above[row, column] = anchor
    return above, left


def _text(cell):
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return tidy(unescaped(str(value)))
