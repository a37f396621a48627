"""Content of a file before interpretation: paragraphs, and tables as grids of cells."""

import re
from dataclasses import asdict, dataclass, field

BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u3000\u200b\ufeff]+")
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_CELL_CHARACTERS = 20_000


@dataclass
class Row:
    """A row: its number in the file (from 1), the texts of its cells, and which cells are covered by a merged cell.

    A covered cell has the text of the cell that covers it. `covered` is "" (not covered), "up" (merged with the cell
    above) or "left" for each cell.
    """

    number: int
    cells: list[str]
    covered: list[str]

    def own(self, column):
        """Return whether the cell at `column` is not covered by another."""
        return not self.covered[column]


@dataclass
class Grid:
    """A table of the file; `knows_merges` is false for formats that do not record merged cells."""

    name: str
    rows: list[Row] = field(default_factory=list)
    knows_merges: bool = True

    @property
    def width(self):
        """The number of columns of the widest row."""
        return max((len(row.cells) for row in self.rows), default=0)

    def where(self, row):
        """Return the position of a row in Chinese, as users find it in the file."""
        return f"{self.name}第{row.number}行"


@dataclass
class Source:
    """The content of a file: the paragraphs before the first table, the tables, the paragraphs after, and notes."""

    paragraphs: list[str]
    grids: list[Grid]
    after: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_data(self):
        """Return the content as data for JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data):
        """Return the `Source` of the result of `as_data`."""
        grids = [Grid(**{**grid, "rows": [Row(**row) for row in grid["rows"]]}) for grid in data["grids"]]
        return cls(**{**data, "grids": grids})


def tidy(text):
    """Return the text with single spaces, no spaces at the ends of lines, and no empty lines."""
    lines = (BLANKS.sub(" ", line).strip() for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)[:MAX_CELL_CHARACTERS]


def compact(text):
    """Return the text without whitespace, for comparison."""
    return "".join(text.split())


def trimmed(grid):
    """Return the grid without empty rows and empty last columns, all rows with the same width."""
    width = max((column + 1 for row in grid.rows for column, text in enumerate(row.cells) if text), default=0)
    rows = []
    for row in grid.rows:
        missing = width - len(row.cells)
        cells, covered = row.cells[:width] + [""] * missing, row.covered[:width] + [""] * missing
        if any(cells):
            rows.append(Row(row.number, cells, covered))
    return Grid(grid.name, rows, grid.knows_merges)
