"""Completed files of units and people."""

import io

from openpyxl import Workbook, load_workbook

from departments.imports import layout

UNIT = ["县司法局", "司法局", "政府部门", "", 10, "县法制办、司法局机关"]
PERSON = ["甲联络", "县司法局", "联络员", "", "13800000001", "a@example.gov.cn"]


def register_file(units=(UNIT,), people=(PERSON,)):
    """Fill in the product's template; return the open file."""
    book = load_workbook(layout.template())
    for title, rows in ((layout.UNITS, units), (layout.PEOPLE, people)):
        for row in rows:
            book[title].append(row)
    return _saved(book)


def other_file(*rows, title="名单"):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return _saved(book)


def _saved(book):
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "名册.xlsx"
    return file
