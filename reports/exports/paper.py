"""How a plan stands on paper: which cell of the first columns stands for how many rows (design: The table)."""

from itertools import pairwise

from tasks.choices import DutyRole
from wenshang_disclosure.core.office.xlsx import height_of

SECTION, LEAD, RESPONSIBLE = 1, 2, 3


def spans(tasks):
    """Return `(column, first, last)` of each cell of the first three columns of one section's rows, counted from 0."""
    found = [(SECTION, 0, len(tasks) - 1)]
    for column, role in ((LEAD, DutyRole.LEAD), (RESPONSIBLE, DutyRole.RESPONSIBLE)):
        begins = [
            0,
            *(i for i, (above, task) in enumerate(pairwise(tasks), start=1) if not _goes_on(above, task, role)),
        ]
        found += [(column, first, after - 1) for first, after in pairwise([*begins, len(tasks)])]
    return found


def _goes_on(above, task, role):
    """A cell goes on with the one above only while it says the same: no name is lost by merging."""
    names = task.designated(role)
    merged = bool(names) and names[0].from_cell_above
    return merged and names_in_lines(task, role) == names_in_lines(above, role)


def names_in_lines(task, role):
    """Return the names of one cell as written, one a line."""
    return "\n".join(entry.text for entry in task.designated(role))


def row_heights(lines, merged, widths):
    """Estimate each row's height in points; rows under a merged cell share what that cell needs.

    `lines` are the values of each row, `widths` those of the columns in characters, `merged` spans counted as above.
    """
    covered = {(row, column) for column, first, last in merged if first < last for row in range(first, last + 1)}
    heights = [
        max(
            height_of(value, width)
            for column, (value, width) in enumerate(zip(values, widths, strict=True), start=1)
            if (row, column) not in covered
        )
        for row, values in enumerate(lines)
    ]
    for column, first, last in merged:
        missing = height_of(lines[first][column - 1], widths[column - 1]) - sum(heights[first : last + 1])
        if missing > 0:
            for row in range(first, last + 1):
                heights[row] += missing / (last - first + 1)
    return heights
