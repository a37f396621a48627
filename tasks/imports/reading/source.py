"""What a file says, before anybody thinks about what it means: paragraphs, and tables as grids of cells."""

import re
from dataclasses import asdict, dataclass, field

BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u3000\u200b\ufeff]+")
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 20_000  # characters


@dataclass
class Row:
    """One row: where it stands in the file (from 1), its cells' text, and which cells are covered by another.

    A covered cell carries the text of the cell that covers it. `covered` has for each cell "" (a cell of its own), "up"
    (merged with the one above) or "left".
    """

    number: int
    cells: list[str]
    covered: list[str]

    def own(self, column):
        """Return whether the cell at `column` is a cell of its own."""
        return not self.covered[column]


@dataclass
class Grid:
    """One table of the file. `knows_merges` is false where the format cannot say which cells are merged."""

    name: str
    rows: list[Row] = field(default_factory=list)
    knows_merges: bool = True

    @property
    def width(self):
        """How many columns the widest row has."""
        return max((len(row.cells) for row in self.rows), default=0)

    def where(self, row):
        """Say where a row stands, as a person finds it in the file."""
        return f"{self.name}第{row.number}行"


@dataclass
class Source:
    """A whole file: the paragraphs before the first table, the tables, the paragraphs after."""

    paragraphs: list[str]
    grids: list[Grid]
    after: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_data(self):
        """Return plain data that JSON takes."""
        return asdict(self)

    @classmethod
    def from_data(cls, data):
        """Take what `as_data` gave."""
        grids = [Grid(**{**grid, "rows": [Row(**row) for row in grid["rows"]]}) for grid in data["grids"]]
        return cls(**{**data, "grids": grids})


def tidy(text):
    """Drop stray spaces at the ends of lines, and empty lines; what stands between is kept to the letter."""
    lines = (BLANKS.sub(" ", line).strip() for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)[:LONGEST_CELL]


def compact(text):
    """Return the text without any blank, for comparing."""
    return "".join(text.split())


def trimmed(grid):
    """Return the grid without rows and last columns in which nothing stands; all rows get the same width."""
    width = max((column + 1 for row in grid.rows for column, text in enumerate(row.cells) if text), default=0)
    rows = []
    for row in grid.rows:
        missing = width - len(row.cells)
        cells, covered = row.cells[:width] + [""] * missing, row.covered[:width] + [""] * missing
        if any(cells):
            rows.append(Row(row.number, cells, covered))
    return Grid(grid.name, rows, grid.knows_merges)
