"""Text that is struck out or hidden in the file: what it says counts only if a person says so."""

import re
from dataclasses import replace

from tasks.imports.reading.source import END, MARK, tidy

MARKED = re.compile(f"{MARK}([^{MARK}{END}]*){END}")
LEFT = re.compile(f"[{MARK}{END}]")


def marked_texts(source):
    """Return `[(grid index, row number, column, text)]` of marked text in cells."""
    return [
        (index, row.number, column, text)
        for index, grid in enumerate(source.grids)
        for row in grid.rows
        for column, cell in enumerate(row.cells)
        if MARK in cell and not row.covered[column]
        for text in MARKED.findall(cell)
    ]


def settled(source, *, keep):
    """Return the source with marked text kept as text, or taken out."""

    def plain(text):
        if MARK not in text:
            return text
        return tidy(LEFT.sub("", MARKED.sub(r"\1" if keep else "", text)))

    grids = [
        replace(grid, rows=[replace(row, cells=[plain(cell) for cell in row.cells]) for row in grid.rows])
        for grid in source.grids
    ]
    return replace(
        source, grids=grids, paragraphs=[plain(text) for text in source.paragraphs], after=[*map(plain, source.after)]
    )
