"""Sheets of a workbook by XlsxWriter: safe text, the house's look, long lists in constant memory."""

import tempfile
from datetime import date, datetime
from xml.sax.saxutils import escape

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from wenshang_disclosure.core.office.xlsx import (
    A3,
    A4,
    DAY,
    FACE,
    FACE_OF_TITLES,
    FORMULA_START,
    HIGHEST,
    LINE,
    MARGIN,
    MOMENT,
    PERCENT,
    WIDEST_ON_A4,
    Column,
    cell_value,
    height_of,
    sheet_name,
)

HEAD, RULE, LINK = "#E3E9F0", "#808080", "#1F4E8C"
FOOTER = "&C第 &P 页，共 &N 页"
NO_ROWS = "没有符合条件的记录。"
NO_SHARE = "—"
EPOCH = date(1899, 12, 30)


class Book:
    """A workbook that is written to a temporary file; whatever it needs on the way is gone with it."""

    def __init__(self):
        """Open the file."""
        self.file = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
        self.folder = tempfile.TemporaryDirectory(prefix="workbook-")
        self.book = Workbook(self.file, {"constant_memory": True, "tmpdir": self.folder.name})
        self.sheets, self._looks = {}, {}

    def __enter__(self):
        return self

    def __exit__(self, kind, *error):
        for sheet in self.sheets.values():
            sheet._opt_close()
        self.folder.cleanup()
        if kind:
            self.file.close()

    def sheet(self, title):
        """Add a sheet."""
        sheet = self.book.add_worksheet(sheet_name(title), worksheet_class=Sheet)
        sheet.book = self
        self.sheets[title] = sheet
        return sheet

    def look(self, **look):
        """Return the format for a look: body text in a grid unless told otherwise."""
        key = tuple(sorted(look.items()))
        if key not in self._looks:
            usual = {"font_name": FACE, "font_size": 10.5, "valign": "vcenter", "text_wrap": True}
            self._looks[key] = self.book.add_format({**usual, "border": 1, "border_color": RULE, **look})
        return self._looks[key]

    def finished(self):
        """Write everything and give the file, open at its beginning."""
        self.book.close()
        self.file.seek(0)
        return self.file


class Sheet(Worksheet):
    """A sheet whose rows are written from top to bottom, each once."""

    def _xml_rich_inline_string(self, string, attributes=()):
        """Write as text what looks like the library's own mark-up: nothing here ever is."""
        self._xml_inline_string(string, True, attributes)

    def put(self, row, column, value, **look):
        """Put a clean value into a cell; text is never a formula, also when somebody edits the cell in Excel."""
        value = cell_value(value)
        if isinstance(value, str) and FORMULA_START.match(value):
            look["quote_prefix"] = True
        if isinstance(value, date) and "num_format" not in look:
            look["num_format"] = MOMENT if isinstance(value, datetime) else DAY
        style = self.book.look(**look)
        if value is None or value == "":
            self.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self.write_string(row, column, value, style)
        elif isinstance(value, date):
            self.write_datetime(row, column, value, style)
        else:
            self.write_number(row, column, value, style)

    def link(self, row, column, target, value, **look):
        """Put a value that leads to a place of the workbook, or the bare value where there is no such place."""
        if target:
            look.setdefault("font_color", LINK)
            self.write_url(row, column, f"internal:{target}", self.book.look(**look), string="-", tip="查看对应明细")
        self.put(row, column, value, **look)

    def sum_up(self, row, column, formula, value, **look):
        """Put a formula together with what it comes to, for whoever opens the file without calculating it."""
        self.write_formula(row, column, formula, self.book.look(**look), value)

    def rate(self, row, column, part, whole, **look):
        """Put the share that one cell is of another, both as `(row, column, value)`; a dash where there is no whole."""
        (of, out_of), (above, below) = (self.cells(*cell[:2]) for cell in (part, whole)), (part[2], whole[2])
        value = above / below if below else NO_SHARE
        look = {"align": "center", "num_format": PERCENT, **look}
        self.sum_up(row, column, f'=IF({out_of}=0,"{NO_SHARE}",{of}/{out_of})', value, **look)

    @staticmethod
    def cells(row, column, last_row=None, last_column=None):
        """Return the address of a cell, or of a range of them."""
        if last_row is None:
            return xl_rowcol_to_cell(row, column)
        return xl_range(row, column, last_row, last_column)

    def join(self, first_row, first_column, last_row, last_column):
        """Merge cells that are written each on its own: the library's way would write the lower ones too early."""
        self.merge.append([first_row, first_column, last_row, last_column])

    def place(self, first, last, columns):
        """Return the address of some of its rows."""
        return f"'{self.name}'!A{first + 1}:{xl_col_to_name(columns - 1)}{last + 1}"

    def on_paper(self, *, paper, header_row):
        """Fit to the page's width, repeat the header row on each page and number the pages."""
        self.set_landscape()
        self.set_paper(paper)
        self.fit_to_pages(1, 0)
        self.center_horizontally()
        self.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.75)
        self.set_footer(FOOTER, {"margin": 0.35})
        if header_row is not None:
            self.repeat_rows(header_row)

    def title(self, title, notes):
        """Write the title and the lines under it; return the next free row."""
        plain = {"border": 0, "text_wrap": False}
        self.set_row(0, 28)
        self.put(0, 0, title, font_name=FACE_OF_TITLES, font_size=16, bold=True, **plain)
        for row, note in enumerate(notes, start=1):
            self.set_row(row, 18)
            self.put(row, 0, note, **plain)
        return len(notes) + 1

    def headings(self, row, columns):
        """Write the heads of the columns, and set their widths."""
        for number, column in enumerate(columns):
            self.set_column(number, number, column.width)
            self.put(row, number, column.heading, bold=True, bg_color=HEAD, align="center")
        self.set_row(row, max(height_of(column.heading, column.width) for column in columns))

    def say(self, row, last_column, sentence=NO_ROWS):
        """Say across the sheet that there is nothing to show."""
        self.set_row(row, 30)
        self.merge_range(row, 0, row, last_column, sentence, self.book.look(align="center"))

    def stream(self, row, columns, rows):
        """Write `rows` from `row` on, each before the next is read; return the next free row.

        The library keeps each cell as an object and each row's height for good; a long list goes straight to the file
        in which the library collects the rows.
        """
        self._write_single_row(row)
        self._check_dimensions(row, 0)
        self._check_dimensions(row, len(columns) - 1)
        line = _Line(self.book, columns)
        for values in rows:
            self.fh.write(line.written(row + 1, values))
            row += 1
            self.previous_row = row
        self.dim_rowmax = max(self.dim_rowmax, row - 1)
        return row


class _Line:
    """Gives rows of a list as the XML of a sheet; the number of each look is asked for once."""

    def __init__(self, book, columns):
        usual = [book.look(num_format=column.number_format, align="center")._get_xf_index() for column in columns]
        self.columns = [
            (xl_col_to_name(number), column.width, style)
            for number, (column, style) in enumerate(zip(columns, usual, strict=True))
        ]
        self.plain, self.quoted = book.look()._get_xf_index(), book.look(quote_prefix=True)._get_xf_index()
        days = (book.look(num_format=shown, align="center") for shown in (DAY, MOMENT))
        self.day, self.moment = (look._get_xf_index() for look in days)

    def written(self, number, values):
        """Return one row."""
        cells, height = [], LINE + MARGIN
        for (letter, width, style), value in zip(self.columns, values, strict=True):
            value = cell_value(value)
            if isinstance(value, str):
                height = max(height, height_of(value, width))
                cells.append(self._text(f"{letter}{number}", value))
            else:
                cells.append(self._other(f"{letter}{number}", style, value))
        return f'<row r="{number}" ht="{min(height, HIGHEST):g}" customHeight="1">{"".join(cells)}</row>'

    def _text(self, place, value):
        if not value:
            return f'<c r="{place}" s="{self.plain}"/>'
        style = self.quoted if FORMULA_START.match(value) else self.plain
        if "_x" in value:
            value = Sheet._escape_control_characters(value)
        text = escape(value)
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

    def _other(self, place, style, value):
        if value is None:
            return f'<c r="{place}" s="{style}"/>'
        if isinstance(value, datetime):
            seconds = (value - datetime.combine(EPOCH, datetime.min.time())).total_seconds()
            return f'<c r="{place}" s="{self.moment}"><v>{seconds / 86400!r}</v></c>'
        if isinstance(value, date):
            return f'<c r="{place}" s="{self.day}"><v>{(value - EPOCH).days}</v></c>'
        return f'<c r="{place}" s="{style}"><v>{value + 0}</v></c>'


def write_list(sheet, title, notes, columns, rows):
    """Write one list: title, notes, heads that stay and repeat, filter, rows; `rows` is read once."""
    columns = [Column(*column) for column in columns]
    last_column = len(columns) - 1
    header_row = sheet.title(title, notes)
    sheet.headings(header_row, columns)
    sheet.freeze_panes(header_row + 1, 0)
    wide = sum(column.width for column in columns) > WIDEST_ON_A4
    sheet.on_paper(paper=A3 if wide else A4, header_row=header_row)
    first = header_row + 1
    end = sheet.stream(first, columns, rows(first) if callable(rows) else rows)
    if end == first:
        sheet.say(first, last_column)
        end += 1
    sheet.autofilter(header_row, 0, end - 1, last_column)
