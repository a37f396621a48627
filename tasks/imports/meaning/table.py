"""Turns grids into rows: headings, continued tables and merged cells are read as they appear on paper (design: The
table).
"""

import re
from dataclasses import dataclass, field

from tasks.imports.reading.source import Row, compact
from wenshang_disclosure.core import numerals

from . import columns
from .columns import DEADLINE, LEAD, NUMBER, PART, REQUIREMENT, RESPONSIBLE, SECTION
from .names import DITTO

FOOTNOTE = re.compile(r"^(?:注|备注|说明)\s*[:：]")
MAX_HEADING_CHARS = 120  # a longer text in a row of its own is not a heading


@dataclass
class RawRow:
    """One row of the table as written, with merged cells filled in."""

    key: str
    where: str
    number: str
    part: str
    section: str
    requirement: str
    lead: str
    responsible: str
    deadline: str
    lead_from_above: bool = False
    responsible_from_above: bool = False
    deadline_is_unsure: bool = False
    first_leads: bool = False


@dataclass
class Table:
    """The rows of all grids of a file, and the grids that could not be read."""

    rows: list[RawRow] = field(default_factory=list)
    headers: list[tuple] = field(default_factory=list)  # (grid index, Header)
    unknown: list[int] = field(default_factory=list)  # grids whose columns the user has to assign
    notes: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)  # lines of a grid before its header: a title
    has_deadlines: bool = True


@dataclass
class _Heading:
    text: str
    level: int | None


def read_table(source, known=None, answers=None):
    """Read all grids of `source`, and return the `Table`.

    `known` maps signatures of headings to fields; `answers` is `{grid index: {"row": index, "fields": [...]}}`.
    """
    table, last = Table(), None
    lines = []
    for index, grid in enumerate(source.grids):
        header = _header_of(grid, known, (answers or {}).get(str(index)))
        if header is None and last is not None and grid.width == len(last.fields) and _looks_continued(grid, last):
            header = columns.Header(-1, -1, last.texts, last.fields)
        if header is None:
            table.unknown.append(index)
            continue
        last = header
        table.headers.append((index, header))
        table.above += _before(grid, header)
        lines += [(index, grid, header, row) for row in grid.rows[header.last + 1 :]]
    _note_unread(table, source)
    if table.headers:
        table.has_deadlines = any(DEADLINE in header.fields for _, header in table.headers)
        _Rows(table).read(lines)
    return table


def _header_of(grid, known, answer):
    if answer is not None:
        row = min(max(int(answer["row"]), 0), len(grid.rows) - 1)
        fields = [name if name in columns.FIELDS else None for name in answer["fields"]][: grid.width]
        fields += [None] * (grid.width - len(fields))
        header = columns.Header(row, row, list(grid.rows[row].cells), fields)
        return header if header.is_enough else None
    return columns.find_header(grid, known)


def _looks_continued(grid, last):
    """Return whether a grid without headings continues the table before it: the column of requirements has texts."""
    wanted = last.columns(REQUIREMENT)
    longest = max((len(row.cells[column]) for row in grid.rows for column in wanted), default=0)
    return longest >= 10


def _before(grid, header):
    rows = grid.rows[: max(header.first, 0)]
    return [text for row in rows for text in dict.fromkeys(row.cells) if text]


def _note_unread(table, source):
    if not table.headers:
        return
    for index in table.unknown:
        table.notes.append(f"{source.grids[index].name}不像任务表，没有读取。")
    for index, header in table.headers:
        for column, text in enumerate(header.texts):
            filled = any(row.cells[column] for row in source.grids[index].rows[header.last + 1 :])
            if header.fields[column] is None and filled:
                name = f"“{text}”列" if text else f"第{column + 1}列（无表头）"
                table.notes.append(f"{source.grids[index].name}{name}没有读取。")


class _Rows:
    """Reader of the rows of all grids in order, which keeps track of the headings above."""

    def __init__(self, table):
        self.table = table
        self.part = self.section = ""
        self.heading_levels = []
        self.column_section = self.column_part = ""
        self.pairs = False

    def read(self, lines):
        kinds = [self._heading(header, row) for _, _, header, row in lines]
        self._learn_levels(kinds, lines)
        previous = None
        for at, ((index, grid, header, row), heading) in enumerate(zip(lines, kinds, strict=True)):
            if _repeats(header, row) or not any(row.own(column) for column in range(len(row.cells))):
                continue
            if heading is None:
                previous = self._row(index, grid, header, row, previous)
            elif FOOTNOTE.match(heading.text):
                self.table.notes.append(f"{grid.where(row)}是表下注释，没有读取：{heading.text[:40]}")
            else:
                self._enter(heading, follows=at + 1 < len(kinds) and kinds[at + 1] is not None)
                previous = None

    def _heading(self, header, row):
        """Return the heading that is alone in a row, `None` for a row of the table."""
        own = [column for column in range(len(row.cells)) if row.own(column) and row.cells[column]]
        if len(own) != 1:
            return None
        column, text = own[0], row.cells[own[0]]
        others = [at for at in range(len(row.cells)) if at != column]
        across = others and all(row.covered[at] == "left" for at in others if at > column)
        if any(row.covered[at] == "up" for at in others) or (
            len(text) > MAX_HEADING_CHARS and not FOOTNOTE.match(text)
        ):
            return None
        if (
            not across
            and header.fields[column] in (REQUIREMENT, DEADLINE, LEAD, RESPONSIBLE)
            and numerals.heading_level(text) not in (0, 1)
        ):
            return None
        return _Heading(" ".join(text.split("\n")), numerals.heading_level(text))

    def _learn_levels(self, kinds, lines):
        """Determine which numbers mark parts and which sections, and whether unnumbered headings come in pairs."""
        headings = [kind for kind in kinds if kind is not None and not FOOTNOTE.match(kind.text)]
        self.heading_levels = sorted({heading.level for heading in headings if heading.level is not None})
        plain = [kind is not None and kind.level is None for kind in kinds]
        self.pairs = any(first and second for first, second in zip(plain, plain[1:], strict=False))
        self.has_section_column = any(SECTION in header.fields for _, _, header, _ in lines)

    def _enter(self, heading, *, follows):
        """Set the current part or section from a heading."""
        depth = self._depth(heading, follows)
        if depth == 0:
            self.part, self.section = heading.text, ""
        elif depth == 1:
            self.section = heading.text
        else:
            self.section = (
                f"{self.section.partition(' ')[0] if not self.section else self.section} {heading.text}".strip()
            )
        self.column_section = self.column_part = ""

    def _depth(self, heading, follows):
        if heading.level is not None:
            return self.heading_levels.index(heading.level)
        if self.heading_levels:  # an unnumbered heading among numbered ones is of the lower level
            return 1 if self.part else 0
        return 1 if self.pairs and not follows and self.part else 0

    def _row(self, index, grid, header, row, previous):
        texts = {field: _joined(header, row, field) for field in columns.FIELDS}
        self._under(header, row, texts)
        raw = RawRow(
            key=f"{index}:{row.number}",
            where=grid.where(row),
            number=self._number(header, row, texts[NUMBER]),
            part=self.column_part or self.part,
            section=self._section(),
            requirement=texts[REQUIREMENT],
            lead=texts[LEAD],
            responsible=texts[RESPONSIBLE],
            deadline=" ".join(texts[DEADLINE].split("\n")),
            lead_from_above=_from_above(header, row, LEAD),
            responsible_from_above=_from_above(header, row, RESPONSIBLE),
            first_leads=any(columns.first_leads(header.texts[at]) for at in header.columns(RESPONSIBLE)),
        )
        if not (raw.requirement or raw.lead or raw.responsible):
            return previous
        above = previous if previous and (previous.part, previous.section) == (raw.part, raw.section) else None
        _fill_ditto(raw, above)
        if not grid.knows_merges:
            _fill_blanks(header, raw, above)
        self.table.rows.append(raw)
        return raw

    def _number(self, header, row, text):
        covered = [row.covered[column] for column in header.columns(NUMBER)]
        return "" if any(covered) else text

    def _under(self, header, row, texts):
        """Read the columns of part and section; a blank cell repeats the value above."""
        part = " ".join(texts[PART].split("\n"))
        if part and part != self.column_part:
            self.column_part, self.column_section = part, ""
        self.column_section = " ".join(texts[SECTION].split("\n")) or self.column_section

    def _section(self):
        if self.column_section and self.section:
            return f"{self.section} {self.column_section}"
        return self.column_section or self.section


def _joined(header, row, field):
    """Return the texts in the columns of one field, one per line."""
    return "\n".join(dict.fromkeys(row.cells[column] for column in header.columns(field) if row.cells[column]))


def _from_above(header, row: Row, field):
    of_field = [column for column in header.columns(field) if row.cells[column]]
    return bool(of_field) and all(row.covered[column] == "up" for column in of_field)


def _repeats(header, row):
    """Return whether the row repeats the header, as at the top of a page."""
    told = [(compact(text), compact(cell)) for text, cell in zip(header.texts, row.cells, strict=False) if text]
    return bool(told) and all(text == cell for text, cell in told)


def _fill_ditto(raw, above):
    if above is None:
        return
    if compact(raw.lead) in DITTO:
        raw.lead, raw.lead_from_above = above.lead, True
    if compact(raw.responsible) in DITTO:
        raw.responsible, raw.responsible_from_above = above.responsible, True
    if compact(raw.deadline) in DITTO:
        raw.deadline = above.deadline


def _fill_blanks(header, raw, above):
    """Fill in blank cells where the format does not say what is merged (design: The table).

    A blank lead cell repeats the one above; a blank responsible cell does so only beside a blank lead cell.
    """
    two_columns = LEAD in header.fields and RESPONSIBLE in header.fields
    lead_is_blank = not raw.lead and LEAD in header.fields
    if above is not None and lead_is_blank and above.lead:
        raw.lead, raw.lead_from_above = above.lead, True
    if above is not None and not raw.responsible and above.responsible and (lead_is_blank or not two_columns):
        raw.responsible, raw.responsible_from_above = above.responsible, True
    raw.deadline_is_unsure = not raw.deadline and DEADLINE in header.fields
