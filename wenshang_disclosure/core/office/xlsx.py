"""Excel files that are safe to open and ready to print; big ones are streamed in constant memory."""

import math
import re
import tempfile
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

LONGEST = 32_767  # UTF-16 units that Excel takes in one cell
NOT_IN_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
LINE_END = re.compile("\r\n?")
# Excel also reads full-width signs, and signs after blanks, as the start of a formula once somebody edits the cell.
FORMULA_START = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
NOT_IN_SHEET_NAME = re.compile(r"[\\*?:/\[\]]")

THIN = Side(style="thin", color="808080")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
WRAPPED = Alignment(wrap_text=True, vertical="center")
CENTRED = Alignment(wrap_text=True, vertical="center", horizontal="center")
HEAD = PatternFill("solid", fgColor="E3E9F0")
FACE, FACE_OF_TITLES = "宋体", "黑体"
BODY = Font(name=FACE, size=10.5)
BOLD = Font(name=FACE, size=10.5, bold=True)
TITLE = Font(name=FACE_OF_TITLES, size=16, bold=True)
A3, A4 = 8, 9
LINE, MARGIN = 14.5, 7  # points of a line of body text, and of a row around its lines
HIGHEST = 409  # points that Excel takes for a row
WIDEST_ON_A4 = 160  # characters in a row that are still readable on A4 across

DAY, MOMENT, PERCENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0.0%"


class Column(NamedTuple):
    """A column of a list: its heading, its width in characters, and how its numbers are shown."""

    heading: str
    width: float
    number_format: str = "General"


def cell_value(value):
    """Return what a cell may hold.

    Text loses what XML cannot carry and is cut at what Excel takes, with a closing …; its lines end as Excel ends them.
    Moments are given in Asia/Shanghai. What Excel has no kind for is given in words.
    """
    if isinstance(value, str):
        return _cut(LINE_END.sub("\n", NOT_IN_XML.sub("", value)))
    if isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        return local.replace(microsecond=0)  # a part of a second would be rounded, up into the next one
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return cell_value(str(value))


def _cut(value):
    if len(value) * 2 <= LONGEST:
        return value
    units = value.encode("utf-16-le")
    if len(units) <= LONGEST * 2:
        return value
    return units[: (LONGEST - 1) * 2].decode("utf-16-le", "ignore") + "…"


def write(cell, value):
    """Put a value into a cell; text is never a formula or an error, also when somebody edits the cell in Excel."""
    cell.value = value = cell_value(value)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = bool(FORMULA_START.match(value))
    return cell


def height_of(value, width):
    """Estimate the points that a text takes in a column `width` characters wide: a Chinese character is two wide.

    Without a height Excel fits a row to its text, but WPS and LibreOffice let the rows run into each other.
    """
    if not isinstance(value, str) or (len(value) * 2 <= width - 2 and "\n" not in value):
        return LINE + MARGIN
    # The encoding has two bytes for a Chinese character and one for a Latin one, which is also how wide they are.
    lines = (len(line.encode("gb18030", "replace")) for line in value.split("\n"))
    return sum(max(1, math.ceil(columns / (width - 2))) for columns in lines) * LINE + MARGIN


def sheet_name(title):
    """Return a title as Excel takes it for a sheet."""
    return NOT_IN_SHEET_NAME.sub(" ", cell_value(title))[:31].strip(" '") or "清单"


def set_up_print(sheet, *, paper=A4, header_row, landscape=True):
    """Fit the sheet to the page's width, repeat the header row on each page and number the pages."""
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = paper
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.75, 0.35
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def stream_table(title, notes, columns, rows):
    """Write one list and give the open temporary file, at its beginning.

    `columns` are `Column`s, or tuples like them; `notes` the lines under the title; `rows` any iterable of value lists:
    it is read once, and each row is written before the next is read.
    """
    columns = [Column(*column) for column in columns]
    book = Workbook(write_only=True)
    sheet = _Sheet(book, sheet_name(title))
    book._add_sheet(sheet)
    header_row = len(notes) + 2
    _set_up_list(sheet, columns, header_row)
    try:
        _write_head(sheet, title, notes, columns)
        last = header_row + _write_rows(sheet, columns, rows)
        sheet.auto_filter.ref = f"A{header_row}:{get_column_letter(len(columns))}{last}"
        return saved(book)
    except BaseException:
        sheet.discard()
        raise


def saved(book):
    """Write the book to a temporary file and give it open, at its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
    book.save(file)
    file.seek(0)
    return file


def _set_up_list(sheet, columns, header_row):
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = f"A{header_row + 1}"
    wide = sum(column.width for column in columns) > WIDEST_ON_A4
    set_up_print(sheet, paper=A3 if wide else A4, header_row=header_row)


def _write_head(sheet, title, notes, columns):
    sheet.write_row([_made(sheet, title, font=TITLE)], height=28)
    for note in notes:
        sheet.write_row([_made(sheet, note, font=BODY)], height=18)
    look = {"font": BOLD, "fill": HEAD, "alignment": CENTRED, "border": GRID}
    height = max(height_of(column.heading, column.width) for column in columns)
    sheet.write_row([_made(sheet, column.heading, **look) for column in columns], height=height)


def _write_rows(sheet, columns, rows):
    writer = _RowWriter(sheet, columns)
    count = 0
    for row in rows:
        values = [cell_value(value) for value in row]
        height = max(height_of(value, column.width) for value, column in zip(values, columns, strict=True))
        sheet.write_row(writer.cells(values), height=min(height, HIGHEST))
        count += 1
    return count


def _made(sheet, value, **look):
    cell = write(WriteOnlyCell(sheet), value)
    for name, style in look.items():
        setattr(cell, name, style)
    return cell


class _Sheet(WriteOnlyWorksheet):
    """A write-only sheet that takes cells as they are: openpyxl's own first tries each as a value, which is slow."""

    rows_written = 0

    def write_row(self, cells, height):
        """Write cells as the next row, and forget its height again: in a long list those would fill the memory."""
        self.rows_written += 1
        self.row_dimensions[self.rows_written] = {"ht": f"{height:g}", "customHeight": "1"}
        self.append(cells)
        del self.row_dimensions[self.rows_written]

    def _values_to_row(self, values, row_idx):
        for column, cell in enumerate(values, start=1):
            cell.column, cell.row = column, row_idx
            yield cell

    def discard(self):
        """Remove the file that the rows were collected in: openpyxl leaves it behind where a list is not finished."""
        if self._writer is None:
            return
        with suppress(Exception):  # the half-written sheet may not take its end; only its file matters here
            self.close()
        with suppress(FileNotFoundError):
            self._writer.cleanup()


class _RowWriter:
    """Makes the cells of a row.

    A cell is written as soon as it is given, so each column has one that is filled again and again, and one more for
    text that looks like a formula. The look is resolved once: that is what keeps long lists quick.
    """

    def __init__(self, sheet, columns):
        self.sheet = sheet
        self.plain = [self._styled(column.number_format) for column in columns]
        self.quoted = [self._styled("General", quoted=True) for _ in columns]
        self.days = [self._styled(DAY) for _ in columns]
        self.moments = [self._styled(MOMENT) for _ in columns]

    def _styled(self, number_format, quoted=False):
        cell = WriteOnlyCell(self.sheet)
        cell.font, cell.alignment, cell.border, cell.number_format = BODY, WRAPPED, GRID, number_format
        if quoted:
            cell.quotePrefix = True
        return cell

    def cells(self, values):
        """Return the cells of a row of clean values, one at a time."""
        for index, value in enumerate(values):
            cell, kind = self._cell(index, value)
            # openpyxl's setter would look through the value once more.
            cell._value, cell.data_type = value, kind
            yield cell

    def _cell(self, index, value):
        if isinstance(value, str):
            return (self.quoted if FORMULA_START.match(value) else self.plain)[index], "s"
        if isinstance(value, datetime):
            return self.moments[index], "d"
        if isinstance(value, date):
            return self.days[index], "d"
        return self.plain[index], "b" if isinstance(value, bool) else "n"
