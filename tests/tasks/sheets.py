"""填报表 as people send them back: downloaded, filled in, saved again."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from tasks.imports.sheets.columns import FILLED, FIXED, KEY, SHEET
from tasks.imports.sheets.reading import read
from tasks.imports.sheets.writing import write
from tasks.services.progress import sheets

NAME = "填报表.xlsx"


def sheet_of(unit, by):
    """Return the unit's 填报表 as `by` downloads it, an openpyxl workbook."""
    return load_workbook(write(sheets.content_of(unit, by=by)))


def headings_of(book):
    """Return the row of the headings and `{heading: column}`."""
    for row in book[SHEET].iter_rows():
        found = {cell.value: cell.column for cell in row}
        if KEY in found:
            return row[0].row, found
    raise AssertionError("no headings")


def rows_of(book):
    """Return `{id of the duty: row}` of the sheet."""
    head, columns = headings_of(book)
    sheet = book[SHEET]
    keys = {row: sheet.cell(row, columns[KEY]).value for row in range(head + 1, sheet.max_row + 1)}
    return {int(key): row for row, key in keys.items() if key}


def cell(book, duty, name):
    """Return the cell of a duty in a column, by the name of its field."""
    _, columns = headings_of(book)
    return book[SHEET].cell(rows_of(book)[duty.pk], columns[(FIXED | FILLED)[name]])


def fill(book, duty, **texts):
    """Type into the cells of a duty, and return the workbook."""
    for name, text in texts.items():
        cell(book, duty, name).value = text
    return book


def saved(book, name=NAME):
    """Return a workbook as an upload."""
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile(name, file.getvalue())


def received(book, by, **kwargs):
    """Take in a workbook the way the page does, and return the `SheetUpload`."""
    return sheets.receive(saved(book), read=lambda file: read(file).as_data(), by=by, **kwargs)


def line_of(upload, duty):
    """Return the line of a duty on the check page."""
    [line] = [one for one in sheets.check(upload, by=upload.by) if one.duty and one.duty.pk == duty.pk]
    return line
