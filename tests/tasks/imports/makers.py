"""Files as offices make them: real .docx, .xlsx and .csv, put together cell by cell."""

import csv
import io

from docx import Document
from openpyxl import Workbook

UP, LEFT = object(), object()
"""Marks a cell that is merged with the one above, or with the one before."""


def docx_file(path, *tables, before=(), after=()):
    """Write a Word file: paragraphs, and tables of rows; merged cells are marked with `UP` and `LEFT`."""
    document = Document()
    for text in before:
        document.add_paragraph(text)
    for rows in tables:
        _fill_docx(document.add_table(len(rows), max(map(len, rows))), rows)
        document.add_paragraph("")
    for text in after:
        document.add_paragraph(text)
    document.save(path)
    return path


def _fill_docx(table, rows):
    for (row, column), text in _texts(rows):
        cell = table.cell(row, column)
        first, *others = text.split("\n")
        cell.paragraphs[0].text = first
        for other in others:
            cell.add_paragraph(other)
    for (top, left), (bottom, right) in _areas(rows):
        area = table.cell(top, left).merge(table.cell(bottom, right))
        for paragraph in [p for p in area.paragraphs[1:] if not p.text]:
            paragraph._element.getparent().remove(paragraph._element)


def xlsx_file(path, *sheets):
    """Write an Excel file; each sheet is rows as for `docx_file`."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"表{number}")
        for (row, column), text in _texts(rows):
            sheet.cell(row + 1, column + 1, text)
        for (top, left), (bottom, right) in _areas(rows):
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    book.save(path)
    return path


def csv_file(path, rows, code="utf-8-sig"):
    """Write a .csv file."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(code))
    return path


def _texts(rows):
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text is not UP and text is not LEFT and text not in (None, ""):
                yield (row, column), text


def _areas(rows):
    """Return `(top left, bottom right)` of each merged area, from the marks."""
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text is UP or text is LEFT:
                continue
            right = column
            while right + 1 < len(cells) and cells[right + 1] is LEFT:
                right += 1
            bottom = row
            while bottom + 1 < len(rows) and column < len(rows[bottom + 1]) and rows[bottom + 1][column] is UP:
                bottom += 1
            if (bottom, right) != (row, column):
                yield (row, column), (bottom, right)
