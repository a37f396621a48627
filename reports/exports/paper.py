"""Merged cells and row heights of the official layout (design: The table)."""

from tasks.choices import DutyRole
from tasks.models.plans.merges import cell_heights
from wenshang_disclosure.core.office.xlsx import height_of

SECTION, LEAD, RESPONSIBLE = range(3)


def spans(tasks):
    """Return `(column, first, last)` of the cells in the first three columns of one section, rows counted from 0."""
    found = [(SECTION, 0, len(tasks) - 1)]
    for column, role in ((LEAD, DutyRole.LEAD), (RESPONSIBLE, DutyRole.RESPONSIBLE)):
        heights = cell_heights(tasks, role)
        found += [(column, first, first + height - 1) for first, height in enumerate(heights) if height]
    return found


def names_in_lines(task, role):
    """Return the names of one cell as written, one per line."""
    return "\n".join(entry.text for entry in task.designated(role))


def row_heights(lines, merged, widths):
    """Return the estimated height of each row in points; merged rows share the height of the merged cell.

    `lines` are the values of each row, `widths` are in characters, `merged` is the result of `spans`.
    """
    covered = {(row, column) for column, first, last in merged if first < last for row in range(first, last + 1)}
    heights = [
        max(
            height_of(value, width)
            for column, (value, width) in enumerate(zip(values, widths, strict=True))
            if (row, column) not in covered
        )
        for row, values in enumerate(lines)
    ]
    for column, first, last in merged:
        missing = height_of(lines[first][column], widths[column]) - sum(heights[first : last + 1])
        if missing > 0:
            for row in range(first, last + 1):
                heights[row] += missing / (last - first + 1)
    return heights
