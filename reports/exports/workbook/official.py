"""The sheet 任务台账: the table in the official layout. What stands where is the ledger's; this only writes it."""

from reports.exports import ledger
from wenshang_disclosure.core.office.xlsx import A3, FACE_OF_TITLES, Column

from .writer import NO_ROWS

LAST = ledger.LAST - 1


def write(sheet, scope, duties, places):
    """Write the rows of `duties` where the address filters, else every row of the table."""
    notes = list(ledger.notes(scope.plan, scope.as_of, scope.user))
    if scope.note:
        notes.append(f"筛选条件：{scope.note}")
    _head(sheet, scope.plan.title, "　　".join(notes))
    row = ledger.HEADER_ROW
    for part, blocks in ledger.parts(scope.plan, scope.as_of, scope.user, duties if scope.note else None):
        places.note("ledger", row, ("part", part.pk))
        row = _across(sheet, row, part.heading)
        for block in blocks:
            row = _block(sheet, row, block, places)
            for line in range(row - len(block.lines), row):
                places.note("ledger", line, "all", ("part", part.pk), ("section", block.section.pk))
    if row == ledger.HEADER_ROW:
        sheet.say(row, LAST, NO_ROWS)
        row += 1
    sheet.freeze_panes(ledger.HEADER_ROW, 0)
    sheet.on_paper(paper=A3, header_row=ledger.HEADER_ROW - 1)
    sheet.print_area(0, 0, row - 1, LAST)


def _head(sheet, title, notes):
    looks = {"border": 0, "align": "center"}
    for row, (text, height, look) in enumerate(
        [(title, 40, {"font_name": FACE_OF_TITLES, "font_size": 20, "bold": True}), (notes, 24, {})]
    ):
        sheet.set_row(row, height)
        sheet.put(row, 0, text, **looks, **look)
        sheet.join(row, 0, row, LAST)
    sheet.headings(ledger.HEADER_ROW - 1, [Column(*column) for column in ledger.COLUMNS])
    sheet.set_row(ledger.HEADER_ROW - 1, 36)


def _across(sheet, row, heading):
    sheet.set_row(row, 26)
    look = {"font_name": FACE_OF_TITLES, "font_size": 12, "text_wrap": False}
    for column in range(LAST + 1):
        sheet.put(row, column, "" if column else heading, **look)
    sheet.join(row, 0, row, LAST)
    return row + 1


def _block(sheet, row, block, places):
    for offset, (values, height) in enumerate(zip(block.lines, block.heights, strict=True)):
        sheet.set_row(row + offset, height)
        for number, value in enumerate(values, start=1):
            _cell(sheet, row + offset, number, value)
    for column, first, last in block.merged:
        if first < last:
            sheet.join(row + first, column - 1, row + last, column - 1)
    return row + len(block.lines)


def _cell(sheet, row, number, value):
    look = {"align": "center"} if number in ledger.CENTRED_COLUMNS else {}
    if ledger.is_too_high(value, number):
        look["font_size"] = ledger.SMALL.size
    sheet.put(row, number - 1, value, **look)
