"""Which cells of a table are merged with the one right above (design: The table, faithfully).

The only place that decides it, for pages, files and services alike.
"""


def goes_on(cell, above):
    """Return whether a cell stands merged with the cell right above it, in the same column and section.

    Both are lists of entries in order, each `(text, from_cell_above, …)`. A cell goes on with the one above where it
    was merged with it as written and still has the same entries: no name is lost by merging.
    """
    return bool(cell) and cell[0][1] and [text for text, *_ in cell] == [text for text, *_ in above]


def cell_heights(tasks, role):
    """Return for each of `tasks` how many of them its cell of `role` stands for; 0 where a cell above stands for it.

    The tasks are rows of one section, `with_designations` and in order. Some of the section's rows may be missing, as
    in a filtered list: a cell is not merged across those.
    """
    cells = [[(entry.text, entry.from_cell_above) for entry in task.designated(role)] for task in tasks]
    heights = [1] * len(cells)
    for row in range(len(cells) - 1, 0, -1):
        if tasks[row].task_above == tasks[row - 1].pk and goes_on(cells[row], cells[row - 1]):
            heights[row - 1] += heights[row]
            heights[row] = 0
    return heights
