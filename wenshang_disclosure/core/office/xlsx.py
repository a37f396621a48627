"""Excel files, written by XlsxWriter: safe to open, ready to print, rows streamed in constant memory."""

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
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_rowcol_to_cell

LONGEST = 32_767  # UTF-16 units that Excel takes in one cell
NOT_IN_XML = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
LINE_END = re.compile("\r\n?")
# Excel also reads full-width signs, and signs after blanks, as the start of a formula once somebody edits the cell.
FORMULA_START = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n]")
NOT_IN_SHEET_NAME = re.compile(r"[\\*?:/\[\]]")

FACE, FACE_OF_TITLES = "宋体", "黑体"
HEAD, RULE, LINK = "#E3E9F0", "#808080", "#1F4E8C"
BODY = {"font_name": FACE, "font_size": 10.5, "valign": "vcenter", "text_wrap": True, "border": 1, "border_color": RULE}
PLAIN = {"border": 0, "text_wrap": False}  # a line outside the grid, as long as it is
A3, A4 = 8, 9
LINE, MARGIN = 14.5, 7  # points of a line of body text, and of a row around its lines
HIGHEST = 409  # points that Excel takes for a row
WIDEST_ON_A4 = 160  # characters in a row that are still readable on A4 across
PIXELS_A_CHARACTER, POINTS_A_PIXEL = 7, 0.75
FOOTER = "&C第 &P 页，共 &N 页"
NO_ROWS = "没有符合条件的记录。"
NO_SHARE = "—"

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


def stream_table(title, notes, columns, rows):
    """Write one list and give the open temporary file, at its beginning.

    `columns` are `Column`s, or tuples like them; `notes` the lines under the title; `rows` any iterable of value lists:
    it is read once, and each row is written before the next is read.
    """
    with Book() as book:
        write_list(book.sheet(title), title, notes, columns, rows)
        return book.finished()


def write_list(sheet, title, notes, columns, rows, *, nothing=""):
    """Write one list: title, notes, heads that stay and repeat, filter, rows; `nothing` is said where there is no row.

    `rows` is read once; a function is called with the number of the first row and returns them.
    """
    columns = [Column(*column) for column in columns]
    last_column = len(columns) - 1
    header_row = sheet.title(title, notes)
    sheet.headings(header_row, columns)
    sheet.freeze(header_row + 1)
    wide = sum(column.width for column in columns) > WIDEST_ON_A4
    sheet.set_up_print(paper=A3 if wide else A4, header_row=header_row)
    first = header_row + 1
    end = sheet.stream(first, columns, rows(first) if callable(rows) else rows)
    if end == first and nothing:
        sheet.across(first, last_column, nothing, height=30, align="center")
        end += 1
    sheet.filter(header_row, end - 1, last_column)


class Book:
    """A workbook that is written to a temporary file; whatever it needs on the way is gone with it.

    Only one row of each sheet is held in memory, so rows are written from top to bottom, each once.
    """

    def __init__(self):
        """Open the file."""
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
        """Add a sheet."""
        return Sheet(self._workbook, self._workbook.add_worksheet(sheet_name(title)), self._format)

    def finished(self):
        """Write everything and give the file, open at its beginning."""
        self._workbook.close()
        self._file.seek(0)
        return self._file


def _formats(workbook):
    """Return a function that gives the workbook's format of a style, made once."""

    @cache
    def format_of(**style):
        return workbook.add_format({**BODY, **style})

    return format_of


class Sheet:
    """A sheet of a `Book`; rows and columns are counted from 0.

    A style is given as XlsxWriter's format properties, and is body text in a grid unless told otherwise. What is rarely
    needed (charts, choices, page breaks) is asked of `worksheet` and `workbook`, which are XlsxWriter's own.
    """

    def __init__(self, workbook, worksheet, format_of):
        """Stand for `worksheet`; `format_of` gives the formats of the workbook."""
        self.workbook, self.worksheet, self._format = workbook, worksheet, format_of

    @property
    def name(self):
        """Its name, as charts and links refer to it."""
        return self.worksheet.name

    # --- cells --------------------------------------------------------------------------------------------------------

    def put(self, row, column, value, **style):
        """Put a value into a cell; text is never a formula or an error, also when somebody edits the cell in Excel."""
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
            # XlsxWriter takes such a string for its own mark-up of rich text; given as rich text it stays what it is.
            self.worksheet.write_rich_string(row, column, style, value[:3], style, value[3:], style)
        else:
            self.worksheet.write_string(row, column, value, style)

    def link(self, row, column, place, value, **style):
        """Put a value that leads to a `place` of the workbook, or the bare value where there is no such place."""
        if place:
            style.setdefault("font_color", LINK)
            self._lead(row, column, Url(f"internal:{place}"), "查看对应明细")
        self.put(row, column, value, **style)

    def link_to_page(self, row, column, address, **style):
        """Put an address on the web that leads there."""
        self._lead(row, column, Url(address))
        self.put(row, column, address, font_color=LINK, underline=1, **style)

    def link_to_file(self, row, column, path, value, **style):
        """Put a value that leads to the file at `path`, beside the workbook."""
        url = Url(f"external:{path}")
        # XlsxWriter writes back strokes, which only Windows follows; with these every office program finds the file.
        url._link = url._relationship_link = Url._escape_url(path)
        self._lead(row, column, url)
        self.put(row, column, value, font_color=LINK, underline=1, **style)

    def _lead(self, row, column, url, tip=""):
        url.text, url.tip = "-", tip  # the cell's own value is put over it
        self.worksheet.write_url(row, column, url, self._format())

    def sum_up(self, row, column, formula, value, **style):
        """Put a formula together with what it comes to, for whoever opens the file without calculating it."""
        self.worksheet.write_formula(row, column, formula, self._format(**style), value)

    def rate(self, row, column, part, whole, **style):
        """Put the share that one cell is of another, both as `(row, column, value)`; a dash where there is no whole."""
        (of, out_of), (above, below) = (self.cells(*cell[:2]) for cell in (part, whole)), (part[2], whole[2])
        value = above / below if below else NO_SHARE
        style = {"align": "center", "num_format": PERCENT, **style}
        self.sum_up(row, column, f'=IF({out_of}=0,"{NO_SHARE}",{of}/{out_of})', value, **style)

    def merge(self, first_row, first_column, last_row, last_column):
        """Merge cells that are put each on its own, where they are more than one.

        XlsxWriter's `merge_range` puts the lower cells as well, and then takes nothing more for the rows above them.
        """
        if (first_row, first_column) != (last_row, last_column):
            self.worksheet.merge.append([first_row, first_column, last_row, last_column])

    def across(self, row, last_column, value, *, height, **style):
        """Put a value into a row of its own that goes from the first column to the last."""
        self.set_height(row, height)
        self.put(row, 0, value, **style)
        for column in range(1, last_column + 1):
            self.put(row, column, None, **style)
        self.merge(row, 0, row, last_column)

    @staticmethod
    def cells(row, column, last_row=None, last_column=None):
        """Return the address of a cell, or of a range of them."""
        if last_row is None:
            return xl_rowcol_to_cell(row, column)
        return xl_range(row, column, last_row, last_column)

    def place(self, first, last, columns):
        """Return the address of some of its rows."""
        return f"'{self.name}'!A{first + 1}:{xl_col_to_name(columns - 1)}{last + 1}"

    # --- the page -----------------------------------------------------------------------------------------------------

    def set_height(self, row, points):
        """Give a row its height, as far as Excel takes it; XlsxWriter's `set_row` would round to whole pixels."""
        self.worksheet.set_row_pixels(row, min(points, HIGHEST) / POINTS_A_PIXEL)

    def set_width(self, column, characters):
        """Give a column its width, without the room that XlsxWriter's `set_column` adds."""
        self.worksheet.set_column_pixels(column, column, characters * PIXELS_A_CHARACTER)

    def freeze(self, row, column=0):
        """Let the rows above `row` and the columns before `column` stay in sight."""
        self.worksheet.freeze_panes(row, column)

    def filter(self, header_row, last_row, last_column):
        """Offer Excel's filter on the heads of a list."""
        self.worksheet.autofilter(header_row, 0, last_row, last_column)

    def set_up_print(self, *, paper, header_row=None):
        """Print across, fit to the page's width, repeat the header row on each page and number the pages."""
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
        """Write the heads of the columns, and set their widths."""
        style = {"bold": True, "bg_color": HEAD, "align": "center", **style}
        for number, column in enumerate(columns):
            self.set_width(number, column.width)
            self.put(row, number, column.heading, **style)
        self.set_height(row, max(height_of(column.heading, column.width) for column in columns))

    def stream(self, row, columns, rows):
        """Write `rows` from `row` on, each before the next is read; return the next free row."""
        style_of = self._list_styles(columns)
        for values in rows:
            values = [cell_value(value) for value in values]
            heights = [height_of(value, column.width) for value, column in zip(values, columns, strict=True)]
            self.set_height(row, max(heights))
            for column, value in enumerate(values):
                self._write(row, column, value, style_of(column, value))
            self._forget_height(row)
            row += 1
        return row

    def _list_styles(self, columns):
        """Return a function that gives the style of a clean value in a column: one lookup for each cell."""
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
        """Drop what XlsxWriter would keep of a list's rows: of this one for charts, of the one above, now written."""
        self.worksheet.row_sizes.pop(row)
        self.worksheet.row_info.pop(row - 1, None)
