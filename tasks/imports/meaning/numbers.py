"""Numbers the rows: as the table writes them where possible, else in order."""

from collections import defaultdict

from .proposal import TABLE

MAX_NUMBER = 1_000_000


def numbered(rows, *, renumber=False):
    """Set `number` on each row; rows of the notice follow those of the table.

    Returns a note for the user ("" for none), and `[(number, places)]` of numbers that occur on several rows.
    """
    of_table = [row for row in rows if row.kind == TABLE]
    written = [_value(row.number_as_written) for row in of_table]
    note, repeated = "", []
    in_order = all(written) and all(first < second for first, second in zip(written, written[1:], strict=False))
    if not in_order:
        repeated = (
            [] if renumber or not all(written) or _begins_again(of_table, written) else _repeated(of_table, written)
        )
        if any(row.number_as_written for row in of_table) and not repeated:
            note = "表中的序号不连续或分段重排，已按行的先后重新编号。"
        written = range(1, len(of_table) + 1)
    for row, number in zip(of_table, written, strict=True):
        row.number = number
    last = max((row.number for row in of_table), default=0)
    for number, row in enumerate((row for row in rows if row.kind != TABLE), start=last + 1):
        row.number = number
    return note, repeated


def _value(text):
    digits = text.strip(" .．、（）()第项条")
    return int(digits) if digits.isdecimal() and 0 < int(digits[:9]) < MAX_NUMBER else None


def _begins_again(rows, written):
    """Return whether the numbers start at 1 again in each part or section."""
    expected = 1
    for index, (row, number) in enumerate(zip(rows, written, strict=True)):
        new_heading = index and (row.part, row.section) != (rows[index - 1].part, rows[index - 1].section)
        if number == 1 and (index == 0 or new_heading):
            expected = 1
        if number != expected:
            return False
        expected += 1
    return True


def _repeated(rows, written):
    places = defaultdict(list)
    for row, number in zip(rows, written, strict=True):
        places[number].append(row.where)
    return [(number, where) for number, where in places.items() if len(where) > 1]
