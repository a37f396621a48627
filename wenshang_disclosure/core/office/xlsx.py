"""Excel files written with XlsxWriter: formula-safe, set up for printing, rows streamed in constant memory."""

import math
import re
import tempfile
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.url import Url
from xlsxwriter.utility import (
    _preserve_whitespace,
    xl_col_to_name,
    xl_range,
    xl_rowcol_to_cell,
    xl_rowcol_to_cell_fast,
)
from xlsxwriter.worksheet import CellBlankTuple, CellDatetimeTuple, CellNumberTuple, CellStringTuple, Worksheet

from wenshang_disclosure.core import progress

from .escapes import BEFORE_CODE

MAX_CELL_UNITS = 32_767  # UTF-16 code units per cell, the limit of Excel
NOT_IN_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
LINE_END = re.compile("\r\n?")
# Excel also takes full-width signs, and signs after blanks, as the start of a formula when the cell is edited.
FORMULA_START = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
NOT_IN_SHEET_NAME = re.compile(r"[\\*?:/\[\]]")

FACE, FACE_OF_TITLES = "宋体", "黑体"
HEAD, RULE, LINK = "#E3E9F0", "#808080", "#1F4E8C"
BODY = {"font_name": FACE, "font_size": 10.5, "valign": "vcenter", "text_wrap": True, "border": 1, "border_color": RULE}
PLAIN = {"border": 0, "text_wrap": False}  # a line outside the grid, not wrapped
A3, A4 = 8, 9
LINE_POINTS, ROW_PADDING_POINTS = 14.5, 7  # per line of body text, and per row around its lines
MAX_ROW_POINTS = 409  # the limit of Excel
MAX_A4_CHARACTERS = 160  # wider rows are not readable on landscape A4
PIXELS_A_CHARACTER, POINTS_A_PIXEL = 7, 0.75
FOOTER = "&C第 &P 页，共 &N 页"
NO_ROWS = "没有符合条件的记录。"
NO_SHARE = "—"

DAY, MOMENT, PERCENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "0.0%"


class Column(NamedTuple):
    """A column of a list: its heading, its width in characters, and the number format of its cells."""

    heading: str
    width: float
    number_format: str = "General"


def cell_value(value):
    """Return `value` as a cell may hold it.

    Text loses characters invalid in XML, gets `\\n` line ends, and is truncated at the limit of Excel with a closing …
    Times are converted to Asia/Shanghai. Types unknown to Excel are converted to text.
    """
    if isinstance(value, str):
        return _cut(LINE_END.sub("\n", NOT_IN_XML.sub("", value)))
    if isinstance(value, datetime):
        local = timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        return local.replace(microsecond=0)  # Excel would round fractions of a second up
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return cell_value(str(value))


def _cut(value):
    if len(value) * 2 <= MAX_CELL_UNITS:
        return value
    units = value.encode("utf-16-le")
    if len(units) <= MAX_CELL_UNITS * 2:
        return value
    return units[: (MAX_CELL_UNITS - 1) * 2].decode("utf-16-le", "ignore") + "…"


def height_of(value, width):
    """Estimate the height in points of a text in a column of `width` characters; a Chinese character counts as two.

    Without a height Excel fits a row to its text, but in WPS and LibreOffice the rows would overlap.
    """
    if not isinstance(value, str) or (len(value) * 2 <= width - 2 and "\n" not in value):
        return LINE_POINTS + ROW_PADDING_POINTS
    # In GB18030 the number of bytes equals the width: two for a Chinese character, one for a Latin one.
    lines = (len(line.encode("gb18030", "replace")) for line in value.split("\n"))
    return sum(max(1, math.ceil(columns / (width - 2))) for columns in lines) * LINE_POINTS + ROW_PADDING_POINTS


def sheet_name(title):
    """Return a title as a valid name of a sheet."""
    return NOT_IN_SHEET_NAME.sub(" ", cell_value(title))[:31].strip(" '") or "清单"


def stream_table(title, notes, columns, rows):
    """Write one list and return the temporary file, open at its beginning.

    `columns` are `Column`s or equivalent tuples, `notes` the lines under the title, `rows` any iterable of value lists;
    it is read once, and each row is written before the next is read.
    """
    with Book() as book:
        write_list(book.sheet(title), title, notes, columns, rows)
        return book.finished()


def write_list(sheet, title, notes, columns, rows, *, nothing=""):
    """Write one list: title, notes, frozen and repeated headings, filter, rows; `nothing` is written if there are none.

    `rows` is read once; if it is a function, it is called with the number of the first row and returns the rows.
    """
    columns = [Column(*column) for column in columns]
    last_column = len(columns) - 1
    header_row = sheet.title(title, notes)
    sheet.headings(header_row, columns)
    sheet.freeze(header_row + 1)
    wide = sum(column.width for column in columns) > MAX_A4_CHARACTERS
    sheet.set_up_print(paper=A3 if wide else A4, header_row=header_row)
    first = header_row + 1
    end = sheet.stream(first, columns, rows(first) if callable(rows) else rows)
    if end == first and nothing:
        sheet.across(first, last_column, nothing, height=30, align="center")
        end += 1
    sheet.filter(header_row, end - 1, last_column)


class Book:
    """A workbook written to a temporary file; a context manager that removes its working folder.

    Only one row of each sheet is held in memory, so rows have to be written from top to bottom, each once.
    """

    def __init__(self):
        self._file = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
        self._folder = tempfile.TemporaryDirectory(prefix="workbook-")
        self._workbook = Workbook(self._file, {"constant_memory": True, "tmpdir": self._folder.name})
        self._format = _formats(self._workbook)

    def __enter__(self):
        return self

    def __exit__(self, kind, *error):
        self._folder.cleanup()
        if kind:
            self._file.close()

    def sheet(self, title):
        """Add a sheet and return it."""
        return Sheet(self._workbook, self._workbook.add_worksheet(sheet_name(title), _Worksheet), self._format)

    def finished(self):
        """Finish writing and return the file, open at its beginning."""
        self._workbook.close()
        self._file.seek(0)
        return self._file


def _formats(workbook):
    """Return a cached function from a style to a format of the workbook."""

    @cache
    def format_of(**style):
        return workbook.add_format({**BODY, **style})

    return format_of


class _Worksheet(Worksheet):
    """A worksheet that writes the usual cells of a list in one go, which halves the time of the innermost loop."""

    def _write_cell(self, row, col, cell):
        write = self._WRITERS.get(type(cell)) if cell.format else None
        shown = write(self, cell) if write else None
        if shown is None:
            super()._write_cell(row, col, cell)
        else:
            place = xl_rowcol_to_cell_fast(row, col)
            self.fh.write(f'<c r="{place}" s="{cell.format._get_xf_index()}"{shown}')

    def _text(self, cell):
        text = self._escape_control_characters(cell.string)
        if text.startswith("<r>"):
            return None  # may be rich text
        space = ' xml:space="preserve"' if _preserve_whitespace(text) else ""
        return f' t="inlineStr"><is><t{space}>{self._escape_data(text)}</t></is></c>'

    def _number(self, cell):
        return f"><v>{cell.number:.16G}</v></c>"

    def _nothing(self, cell):
        return "/>"

    _WRITERS = {CellStringTuple: _text, CellNumberTuple: _number, CellDatetimeTuple: _number, CellBlankTuple: _nothing}


class Sheet:
    """A sheet of a `Book`; rows and columns are counted from 0.

    Styles are XlsxWriter format properties, added to those of body text in a grid. Features that are rarely needed
    (charts, choices, page breaks) are used through `worksheet` and `workbook`, the objects of XlsxWriter.
    """

    def __init__(self, workbook, worksheet, format_of):
        """Wrap `worksheet`; `format_of` returns the workbook's format of a style."""
        self.workbook, self.worksheet, self._format = workbook, worksheet, format_of

    @property
    def name(self):
        """The name of the sheet, as used in charts and links."""
        return self.worksheet.name

    # --- cells --------------------------------------------------------------------------------------------------------

    def put(self, row, column, value, **style):
        """Write a value to a cell; text never becomes a formula, even when the cell is edited in Excel."""
        value = cell_value(value)
        if isinstance(value, date):
            style.setdefault("num_format", MOMENT if isinstance(value, datetime) else DAY)
        if isinstance(value, str) and FORMULA_START.match(value):
            style["quote_prefix"] = True
        self._write(row, column, value, self._format(**style))

    def _write(self, row, column, value, style):
        if value is None or value == "":
            self.worksheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self._write_text(row, column, value, style)
        elif isinstance(value, bool):
            self.worksheet.write_boolean(row, column, value, style)
        elif isinstance(value, date):
            self.worksheet.write_datetime(row, column, value, style)
        else:
            self.worksheet.write_number(row, column, value, style)

    def _write_text(self, row, column, value, style):
        if value.startswith("<r>") and value.endswith("</r>"):
            # XlsxWriter would read such a string as its rich text markup; written as rich text it is kept as it is.
            # It would escape `_x2024_` in rich text twice: no piece holds a whole one.
            pieces = [value[:3], *BEFORE_CODE.split(value[3:])]
            self.worksheet.write_rich_string(row, column, *(part for piece in pieces for part in (style, piece)), style)
        else:
            self.worksheet.write_string(row, column, value, style)

    def link(self, row, column, place, value, **style):
        """Write a value linked to `place` in the workbook, or the value alone if `place` is empty."""
        if place:
            style.setdefault("font_color", LINK)
            self._lead(row, column, Url(f"internal:{place}"), "查看对应明细")
        self.put(row, column, value, **style)

    def link_to_page(self, row, column, address, **style):
        """Write a web address as a link."""
        self._lead(row, column, Url(address))
        self.put(row, column, address, font_color=LINK, underline=1, **style)

    def link_to_file(self, row, column, path, value, **style):
        """Write a value linked to the file at `path`, relative to the workbook."""
        url = Url(f"external:{path}")
        # XlsxWriter writes backslashes, which work on Windows only; slashes work in every office program.
        url._link = url._relationship_link = Url._escape_url(path)
        self._lead(row, column, url)
        self.put(row, column, value, font_color=LINK, underline=1, **style)

    def _lead(self, row, column, url, tip=""):
        url.text, url.tip = "-", tip  # overwritten by the value of the cell
        self.worksheet.write_url(row, column, url, self._format())

    def sum_up(self, row, column, formula, value, **style):
        """Write a formula with its result, for programs that do not calculate on opening."""
        self.worksheet.write_formula(row, column, formula, self._format(**style), value)

    def rate(self, row, column, part, whole, **style):
        """Write the share of one cell in another, both given as `(row, column, value)`; a dash if the whole is zero."""
        (of, out_of), (above, below) = (self.cells(*cell[:2]) for cell in (part, whole)), (part[2], whole[2])
        value = above / below if below else NO_SHARE
        style = {"align": "center", "num_format": PERCENT, **style}
        self.sum_up(row, column, f'=IF({out_of}=0,"{NO_SHARE}",{of}/{out_of})', value, **style)

    def merge(self, first_row, first_column, last_row, last_column):
        """Merge cells that are written separately, if there is more than one.

        XlsxWriter's `merge_range` also writes the lower cells, after which rows above them can no longer be written.
        """
        if (first_row, first_column) != (last_row, last_column):
            self.worksheet.merge.append([first_row, first_column, last_row, last_column])

    def across(self, row, last_column, value, *, height, **style):
        """Write a value to a row of its own, merged from the first column to the last."""
        self.set_height(row, height)
        self.put(row, 0, value, **style)
        for column in range(1, last_column + 1):
            self.put(row, column, None, **style)
        self.merge(row, 0, row, last_column)

    @staticmethod
    def cells(row, column, last_row=None, last_column=None):
        """Return the address of a cell or of a range."""
        if last_row is None:
            return xl_rowcol_to_cell(row, column)
        return xl_range(row, column, last_row, last_column)

    def place(self, first, last, columns):
        """Return the address of the rows `first` to `last` on this sheet."""
        return f"'{self.name}'!A{first + 1}:{xl_col_to_name(columns - 1)}{last + 1}"

    # --- the page -----------------------------------------------------------------------------------------------------

    def set_height(self, row, points):
        """Set the height of a row, at most `MAX_ROW_POINTS`; XlsxWriter's `set_row` would round to whole pixels."""
        self.worksheet.set_row_pixels(row, min(points, MAX_ROW_POINTS) / POINTS_A_PIXEL)

    def set_width(self, column, characters):
        """Set the width of a column, without the padding that XlsxWriter's `set_column` adds."""
        self.worksheet.set_column_pixels(column, column, characters * PIXELS_A_CHARACTER)

    def freeze(self, row, column=0):
        """Freeze the rows above `row` and the columns before `column`."""
        self.worksheet.freeze_panes(row, column)

    def filter(self, header_row, last_row, last_column):
        """Add Excel's filter to the headings of a list."""
        self.worksheet.autofilter(header_row, 0, last_row, last_column)

    def set_up_print(self, *, paper, header_row=None):
        """Set up landscape printing: fit to the page's width, repeat the header row, number the pages."""
        self.worksheet.set_landscape()
        self.worksheet.set_paper(paper)
        self.worksheet.fit_to_pages(1, 0)
        self.worksheet.center_horizontally()
        self.worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.75)
        self.worksheet.set_footer(FOOTER, {"margin": 0.35})
        if header_row is not None:
            self.worksheet.repeat_rows(header_row)

    # --- lists --------------------------------------------------------------------------------------------------------

    def title(self, title, notes):
        """Write the title and the lines under it; return the next free row."""
        self.set_height(0, 28)
        self.put(0, 0, title, font_name=FACE_OF_TITLES, font_size=16, bold=True, **PLAIN)
        for row, note in enumerate(notes, start=1):
            self.set_height(row, 18)
            self.put(row, 0, note, **PLAIN)
        return len(notes) + 1

    def headings(self, row, columns, **style):
        """Write the headings of the columns and set their widths."""
        style = {"bold": True, "bg_color": HEAD, "align": "center", **style}
        for number, column in enumerate(columns):
            self.set_width(number, column.width)
            self.put(row, number, column.heading, **style)
        self.set_height(row, max(height_of(column.heading, column.width) for column in columns))

    def stream(self, row, columns, rows):
        """Write `rows` starting at `row`, each before the next is read; return the next free row."""
        style_of = self._list_styles(columns)
        for values in rows:
            values = [cell_value(value) for value in values]
            heights = [height_of(value, column.width) for value, column in zip(values, columns, strict=True)]
            self.set_height(row, max(heights))
            for column, value in enumerate(values):
                self._write(row, column, value, style_of(column, value))
            self._forget_height(row)
            progress.advance()
            row += 1
        return row

    def _list_styles(self, columns):
        """Return a function from column and `cell_value` to its format, which needs one lookup per cell."""
        text, quoted = self._format(), self._format(quote_prefix=True)
        day, moment = (self._format(num_format=shown, align="center") for shown in (DAY, MOMENT))
        others = [self._format(num_format=column.number_format, align="center") for column in columns]

        def style_of(column, value):
            if isinstance(value, str):
                return quoted if FORMULA_START.match(value) else text
            if isinstance(value, date):
                return moment if isinstance(value, datetime) else day
            return others[column]

        return style_of

    def _forget_height(self, row):
        """Drop what XlsxWriter keeps of written rows, so that memory stays constant."""
        self.worksheet.row_sizes.pop(row)
        self.worksheet.row_info.pop(row - 1, None)
