"""Content of a file before interpretation: paragraphs, and tables as grids of cells."""

import re
from dataclasses import asdict, dataclass, field

BLANKS = re.compile(r"[ \t\r\f\v\u00a0\u3000\u200b\ufeff]+")
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_CELL_CHARACTERS = 20_000
MARK, END = "\ue000", "\ue001"
"""Around text that is struck out or hidden in the file: whether it counts is asked (`meaning/leftovers.py`)."""
_OUR_MARKS = str.maketrans("", "", MARK + END)


@dataclass
class Row:
    """A row: its number in the file (from 1), the texts of its cells, and which cells are covered by a merged cell.

    A covered cell has the text of the cell that covers it. `covered` is "" (not covered), "up" (merged with the cell
    above) or "left" for each cell. `doubts` are pairs of a column and a sentence on what the file does not say of it.
    """

    number: int
    cells: list[str]
    covered: list[str]
    hidden: bool = False
    doubts: list = field(default_factory=list)

    def own(self, column):
        """Return whether the cell at `column` is not covered by another."""
        return not self.covered[column]


@dataclass
class Grid:
    """A table of the file; `knows_merges` is false for formats that do not record merged cells.

    `hidden` is true for a hidden sheet, `hidden_columns` are the indexes of columns that the program does not show.
    """

    name: str
    rows: list[Row] = field(default_factory=list)
    knows_merges: bool = True
    hidden: bool = False
    hidden_columns: list = field(default_factory=list)

    @property
    def width(self):
        """The number of columns of the widest row."""
        return max((len(row.cells) for row in self.rows), default=0)

    def where(self, row):
        """Return the position of a row in Chinese, as users find it in the file."""
        return f"{self.name}第{row.number}行"


@dataclass
class Source:
    """The content of a file: the paragraphs before the first table, the tables, the paragraphs after, and notes.

    `lost` are sentences on content that no reader could take up; a person has to say that it is not needed.
    """

    paragraphs: list[str]
    grids: list[Grid]
    after: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def as_data(self):
        """Return the content as data for JSON."""
        return asdict(self)

    @classmethod
    def from_data(cls, data):
        """Return the `Source` of the result of `as_data`."""
        grids = [Grid(**{**grid, "rows": [Row(**row) for row in grid["rows"]]}) for grid in data["grids"]]
        return cls(**{**data, "grids": grids})


def without_marks(text):
    """Return text of a file without the characters that the readers use as marks of their own."""
    return text.translate(_OUR_MARKS)


def marked(text):
    """Return text marked as struck out or hidden."""
    return f"{MARK}{text}{END}" if text.strip() else text


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
            doubts = [doubt for doubt in row.doubts if doubt[0] < width]
            rows.append(Row(row.number, cells, covered, row.hidden, doubts))
    hidden = [column for column in grid.hidden_columns if column < width]
    return Grid(grid.name, rows, grid.knows_merges, grid.hidden, hidden)


class Placer:
    """Fills a grid row by row from cells that say how many rows and columns they take."""

    def __init__(self, grid):
        self.grid, self.open = grid, {}  # column → [rows left, text, mark]

    def row(self, number, cells, hidden=False):
        """Add a row of `(text, rows, columns)`; a cell goes to the next column that no cell above takes."""
        row = Row(number, [], [], hidden)
        for text, down, right in cells:
            self._take_open(row)
            for step in range(max(1, min(right, MAX_COLUMNS - len(row.cells)))):
                if down > 1:
                    self.open[len(row.cells)] = [min(down, MAX_ROWS) - 1, text, "left" if step else "up"]
                row.cells.append(text)
                row.covered.append("left" if step else "")
            if len(row.cells) >= MAX_COLUMNS:
                break
        self._take_open(row)
        self.grid.rows.append(row)

    def _take_open(self, row):
        while len(row.cells) < MAX_COLUMNS and len(row.cells) in self.open:
            column = len(row.cells)
            left, text, mark = self.open[column]
            row.cells.append(text)
            row.covered.append(mark)
            if left > 1:
                self.open[column][0] -= 1
            else:
                del self.open[column]
