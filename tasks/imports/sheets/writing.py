"""Writing of a 填报表: fixed columns locked, the others open, with lists and limits for what is filled in."""

from wenshang_disclosure.core.office import xlsx

from .columns import FILLED, FIXED, KEY, MARK_SHEET, MAX_CELL_CHARS, MAX_COUNT, NO, PAST, SHEET, YES

WIDTHS = {
    "number": 6,
    "year": 7,
    "requirement": 38,
    "leads": 18,
    "due": 12,
    "light": 8,
    "last": 34,
    "returned": 22,
    "attached": 9,
    "text": 48,
    "obstacles": 24,
    "next_steps": 24,
    "count": 9,
    "claims_completion": 9,
    "open_units_note": 26,
    "links": 34,
    "reported_on": 16,
}
OPEN, SHUT = "#FFFBE6", "#F2F4F7"
CENTRED = {"number", "year", "due", "light", "attached", "count", "claims_completion", "reported_on"}
ONLY_WHERE_NEEDED = ("count", "open_units_note")
MAX_LIST_CELL_CHARS = 1_500  # what was reported and returned is shown to be read, not to be kept
MAX_ROW_LINES_POINTS = 240
ALLOWED = {"format_columns": True, "format_rows": True, "select_locked_cells": True, "select_unlocked_cells": True}
LAST_NOTE_HEIGHT = 18


def write(content):
    """Write a `SheetContent` and return the temporary file, open at its beginning."""
    columns = [*FIXED, *FILLED, *(PAST if content.is_past else ())]
    headed = FIXED | FILLED | PAST
    with xlsx.Book() as book:
        sheet = book.sheet(SHEET)
        header_row = _head(sheet, content, len(columns))
        headings = [xlsx.Column(headed[name], WIDTHS[name]) for name in columns]
        sheet.headings(header_row, [*headings, xlsx.Column(KEY, 12)])
        for number, row in enumerate(content.rows, start=header_row + 1):
            _row(sheet, number, row, columns)
        last = header_row + len(content.rows)
        _validate(sheet, columns, header_row + 1, last, content.rows)
        _hide(sheet, columns, content.rows)
        sheet.freeze(header_row + 1, 3)
        sheet.set_up_print(paper=xlsx.A3, header_row=header_row)
        sheet.worksheet.protect("", ALLOWED)
        mark = book.sheet(MARK_SHEET)
        mark.put(0, 0, content.mark, border=0, text_wrap=False)
        mark.worksheet.protect("")
        mark.worksheet.very_hidden()
        return book.finished()


def _head(sheet, content, columns):
    """Write the title and the notes, each merged over the width that fits a page; return the row of the headings."""
    sheet.title(content.title, [])
    for row, note in enumerate(content.notes, start=1):
        width = sum(list(WIDTHS.values())[: columns - 1])
        height = max(LAST_NOTE_HEIGHT, xlsx.height_of(note, width))
        sheet.across(row, columns - 1, note, height=height, border=0, valign="vcenter")
    return len(content.notes) + 1


def _row(sheet, number, row, columns):
    values = {**dict.fromkeys(columns, ""), **row.values}
    for name in ("last", "returned", "requirement"):
        values[name] = _shortened(values[name])
    heights = [xlsx.height_of(value, WIDTHS[name]) for name, value in values.items()]
    sheet.set_height(number, min(max(heights), MAX_ROW_LINES_POINTS))
    for column, name in enumerate(columns):
        style = {"align": "center"} if name in CENTRED else {}
        if name in FIXED or name in row.closed:
            sheet.put(number, column, values[name], bg_color=SHUT, **style)
        else:
            as_text = {} if name == "count" else {"num_format": "@"}  # so that no program takes a text for a formula
            sheet.put(number, column, values[name], bg_color=OPEN, locked=False, **as_text, **style)
    sheet.put(number, len(columns), row.key, num_format="@")


def _shortened(value):
    return value if len(value) <= MAX_LIST_CELL_CHARS else value[: MAX_LIST_CELL_CHARS - 1] + "…"


def _validate(sheet, columns, first, last, rows):
    """Offer lists and refuse wrong entries where they are typed; the import checks again."""
    if not rows:
        return
    for name in ("text", "obstacles", "next_steps", "open_units_note"):
        limit = {
            "validate": "length",
            "criteria": "<=",
            "value": MAX_CELL_CHARS,
            "error_title": FILLED[name],
            "error_message": f"最多{MAX_CELL_CHARS}个字。",
        }
        sheet.worksheet.data_validation(first, columns.index(name), last, columns.index(name), limit)
    claim = columns.index("claims_completion")
    choice = {
        "validate": "list",
        "source": [YES, NO],
        "error_title": FILLED["claims_completion"],
        "error_message": "只能填“是”或者“否”。",
        "input_title": FILLED["claims_completion"],
        "input_message": "本单位在该任务上的工作已经全部完成的，选“是”。",
    }
    sheet.worksheet.data_validation(first, claim, last, claim, choice)
    count = columns.index("count")
    whole = {
        "validate": "integer",
        "criteria": "between",
        "minimum": 0,
        "maximum": MAX_COUNT,
        "error_title": FILLED["count"],
        "error_message": f"请填0至{MAX_COUNT}之间的整数。",
    }
    sheet.worksheet.data_validation(first, count, last, count, whole)


def _hide(sheet, columns, rows):
    """Hide the column of the keys, and those that no row fills in."""
    hidden = [name for name in ONLY_WHERE_NEEDED if all(name in row.closed for row in rows)]
    for column in [*map(columns.index, hidden), len(columns)]:
        sheet.worksheet.set_column(column, column, None, None, {"hidden": True})
