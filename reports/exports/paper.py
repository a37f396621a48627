"""How a plan stands on paper: which cell of the first columns stands for how many rows (design §3)."""

from itertools import pairwise

from tasks.choices import DutyRole

SECTION, LEAD, RESPONSIBLE = 1, 2, 3


def spans(tasks):
    """Give `(column, first, last)` of each cell of the first three columns of one section's rows, counted from 0."""
    found = [(SECTION, 0, len(tasks) - 1)]
    for column, role in ((LEAD, DutyRole.LEAD), (RESPONSIBLE, DutyRole.RESPONSIBLE)):
        begins = [index for index, task in enumerate(tasks) if index == 0 or not _goes_on(task, role)]
        found += [(column, first, after - 1) for first, after in pairwise([*begins, len(tasks)])]
    return found


def _goes_on(task, role):
    names = task.designated(role)
    return bool(names) and names[0].from_cell_above


def names_in_lines(task, role):
    """Give the names of one cell as written, one a line."""
    return "\n".join(entry.text for entry in task.designated(role))
