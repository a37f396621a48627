"""Excel files that are safe to open and ready to print; big ones are streamed in constant memory."""

import re
import tempfile
from datetime import datetime

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

LONGEST = 32_767  # characters that Excel takes in one cell
FORMULA_START = re.compile(r"[=+\-@\t\r]")

THIN = Side(style="thin", color="808080")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
WRAPPED = Alignment(wrap_text=True, vertical="center")
CENTRED = Alignment(wrap_text=True, vertical="center", horizontal="center")
HEAD = PatternFill("solid", fgColor="E3E9F0")
A3, A4 = 8, 9


def text(value):
    """Give what a cell may hold: no control characters, not longer than Excel takes; moments in Asia/Shanghai."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if not isinstance(value, str):
        return value
    value = ILLEGAL_CHARACTERS_RE.sub("", value)
    return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"


def write(cell, value):
    """Put a value into a cell; text that looks like a formula stays text, also when somebody edits the cell."""
    cell.value = value = text(value)
    if isinstance(value, str) and FORMULA_START.match(value):
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def set_up_print(sheet, *, paper=A4, header_row, landscape=True):
    """Fit the sheet to the page's width, repeat the header row on each page and number the pages."""
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = paper
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.75, 0.35
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def stream_table(title, notes, columns, rows):
    """Write one list and give the open temporary file, at its beginning.

    `columns` are pairs of heading and width in characters, `notes` the lines under the title, `rows` any iterable of
    value lists: it is read once, and each row is written before the next is read.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    header_row = len(notes) + 2
    for number, (_, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = f"A{header_row + 1}"
    set_up_print(sheet, header_row=header_row)
    sheet.append([_made(sheet, title, Font(bold=True, size=14))])
    for note in notes:
        sheet.append([_made(sheet, note)])
    sheet.append([_made(sheet, heading, Font(bold=True), HEAD, CENTRED) for heading, _ in columns])
    writer = _RowWriter(sheet)
    last = header_row
    for row in rows:
        sheet.append(writer.cells(row))
        last += 1
    sheet.auto_filter.ref = f"A{header_row}:{get_column_letter(len(columns))}{last}"
    file = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
    book.save(file)
    file.seek(0)
    return file


def _made(sheet, value, font=None, fill=None, alignment=None):
    cell = write(WriteOnlyCell(sheet), value)
    for name, look in (("font", font), ("fill", fill), ("alignment", alignment)):
        if look:
            setattr(cell, name, look)
    return cell


class _RowWriter:
    """Makes the cells of a row; the look is resolved once and shared, which is what keeps long lists quick."""

    def __init__(self, sheet):
        self.sheet = sheet
        plain, quoted = WriteOnlyCell(sheet), WriteOnlyCell(sheet)
        plain.alignment = quoted.alignment = WRAPPED
        quoted.quotePrefix = True
        self.plain, self.quoted = plain._style, quoted._style

    def cells(self, row):
        """Give the row's cells."""
        return [self.cell(value) for value in row]

    def cell(self, value):
        """Give one cell."""
        value = text(value)
        cell = WriteOnlyCell(self.sheet, value)
        cell._style = self.plain
        if isinstance(value, str) and FORMULA_START.match(value):
            cell.data_type, cell._style = "s", self.quoted
        return cell
