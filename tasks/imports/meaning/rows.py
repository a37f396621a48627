"""Reads the rows of all grids in order: headings, lone cells, blank cells, and rows of the plan."""

import re
from dataclasses import dataclass

from tasks.imports.reading.source import Row, compact
from wenshang_disclosure.core import numerals

from . import columns, deadlines, units
from .columns import DEADLINE, IGNORED, LEAD, NUMBER, PART, REQUIREMENT, RESPONSIBLE, SECTION
from .names import DITTO
from .raw import (
    ABOVE,
    FIELDS_ASKED,
    FOOTNOTE,
    HEADING,
    READ,
    RULE,
    SKIP,
    TASK,
    LeftOut,
    RawRow,
    repeats,
)
from .units import is_blank

MAX_DAY_CHARS = 20
MAX_UNITS_CHARS = 120
MAX_HEADING_CHARS = 120  # a longer text in a row of its own is not a heading
MAX_SENTENCE_HEADING_CHARS = 40
SENTENCE = re.compile(r"[。；;]$")
DIGITS = re.compile(r"^[\d０-９.．、()（）\s]+$")
OPTIONS = {
    TASK: "是一项任务",
    HEADING: "是标题",
    ABOVE: "接上一行",
    SKIP: "不读取",
}


@dataclass
class Heading:
    """A text alone in its row: of a part or section, or `lone` where it may be something else."""

    text: str
    level: int | None
    lone: bool = False
    column: int = 0


class Rows:
    """Reader of the rows of all grids in order, which keeps track of the headings above."""

    def __init__(self, table, choices, names):
        self.table, self.choices, self.names = table, choices, names
        self.part = self.section = ""
        self.heading_levels = []
        self.column_section = self.column_part = ""
        self.pairs = False
        self.unused = []  # headings since the last row
        self.merged = {}  # grid index → whether it merges cells with those above

    def read(self, lines):
        """Read `(grid index, grid, header, row)` into the table."""
        kinds = [self._heading(index, header, row) for index, _, header, row in lines]
        self._learn_levels(kinds)
        self._learn_merges(lines)
        previous = None
        for at, (line, heading) in enumerate(zip(lines, kinds, strict=True)):
            index, grid, header, row = line
            if repeats(header, row) or not any(row.own(column) and text for column, text in enumerate(row.cells)):
                continue
            if heading is None:
                previous = self._row(index, grid, header, row, previous)
            elif FOOTNOTE.match(heading.text):
                self._footnote(index, grid, row, heading)
            elif heading.lone:
                previous = self._lone(index, grid, header, row, heading, previous)
            else:
                self._enter(heading, follows=at + 1 < len(kinds) and kinds[at + 1] is not None)
                self.unused.append((index, grid, row, heading))
                previous = None
        self._ask_for_last_headings()

    # headings and lone cells

    def _heading(self, index, header, row):
        """Return the heading that is alone in a row, `None` for a row of the table."""
        own = [column for column in range(len(row.cells)) if row.own(column) and row.cells[column]]
        if len(own) != 1:
            return None
        column, text = own[0], row.cells[own[0]]
        if any(row.covered[at] == "up" for at in range(len(row.cells)) if at != column):
            return None
        level = numerals.heading_level(text)
        found = Heading(" ".join(text.split("\n")), level, column=column)
        said = self.choices.get(f"lone:{index}:{row.number}")
        if said == TASK:
            return None
        found.lone = said != HEADING and not FOOTNOTE.match(text) and self._is_lone(header, row, column, text, level)
        if not found.lone and said != HEADING and not FOOTNOTE.match(text) and self._is_task(header, row, column, text):
            return None
        return found

    def _across(self, row, column):
        return column + 1 < len(row.cells) and row.covered[column + 1] == "left"

    def _is_task(self, header, row, column, text):
        """Return whether a text alone in the column of requirements is a task whose other cells are blank."""
        if self._across(row, column) or header.fields[column] != REQUIREMENT or not header.columns(REQUIREMENT):
            return False
        level = numerals.heading_level(text)
        return level not in (0, 1) or bool(SENTENCE.search(text))

    def _is_lone(self, header, row, column, text, level):
        """Return whether it is open what a text alone in a row is."""
        if self._across(row, column):
            is_long = len(text) > MAX_HEADING_CHARS
            return is_long or (bool(SENTENCE.search(text)) and len(text) > MAX_SENTENCE_HEADING_CHARS)
        name = header.fields[column]
        if name == REQUIREMENT:
            return self._is_lone_requirement(header, column, text, level)
        if name in (LEAD, RESPONSIBLE, DEADLINE):
            return True
        if len(text) > MAX_HEADING_CHARS:
            return True
        if name in (None, IGNORED) and column > 0:
            return True
        return name == NUMBER and level is None and not _looks_like_heading(text)

    def _is_lone_requirement(self, header, column, text, level):
        before = [name for name in header.fields[:column] if name in (SECTION, PART)]
        if level in (0, 1):
            is_sentence = bool(SENTENCE.search(text))
            return (not is_sentence and bool(before)) or (is_sentence and not before)
        return False

    def _learn_levels(self, kinds):
        """Determine which numbers mark parts and which sections, and whether unnumbered headings come in pairs."""
        headings = [kind for kind in kinds if kind is not None and not kind.lone and not FOOTNOTE.match(kind.text)]
        self.heading_levels = sorted({heading.level for heading in headings if heading.level is not None})
        plain = [kind is not None and not kind.lone and kind.level is None for kind in kinds]
        self.pairs = any(first and second for first, second in zip(plain, plain[1:], strict=False))

    def _enter(self, heading, *, follows):
        """Set the current part or section from a heading."""
        depth = self._depth(heading, follows)
        if depth == 0:
            self.part, self.section = heading.text, ""
        elif depth == 1:
            self.section = heading.text
        else:
            before = self.section.partition(" ")[0] if not self.section else self.section
            self.section = f"{before} {heading.text}".strip()
        self.column_section = self.column_part = ""

    def _depth(self, heading, follows):
        if heading.level in self.heading_levels:
            return self.heading_levels.index(heading.level)
        if self.heading_levels:  # an unnumbered heading among numbered ones is of the lower level
            return 1 if self.part else 0
        return 1 if self.pairs and not follows and self.part else 0

    def _footnote(self, index, grid, row, heading):
        self.table.footnotes.append(heading.text)
        self.table.notes.append(f"{grid.where(row)}是表下注释，没有读取：{heading.text[:40]}")
        if RULE.search(heading.text) and not columns.rule_of_first(heading.text):
            text = f"表下注释“{heading.text[:80]}”可能说明了牵头、责任单位或时限，请按它核对预览。"
            cells = [(None, LEAD), (None, RESPONSIBLE), (None, DEADLINE)]
            self._ask("rule", f"{index}:{row.number}", text, grid.where(row), "", [(SKIP, "已核对")], cells)

    def _lone(self, index, grid, header, row, heading, previous):
        """Leave a lone text out and ask what it is; returns the row that the next one follows."""
        key = f"{index}:{row.number}"
        if DIGITS.match(heading.text):
            self.table.notes.append(f"{grid.where(row)}只有“{heading.text}”，没有读取。")
            return previous
        name = header.fields[heading.column]
        can_go_on = previous is not None and name in FIELDS_ASKED
        if self.choices.get(f"lone:{key}") == ABOVE and can_go_on:
            previous.below.append((name, row.cells[heading.column]))
        options = [TASK, HEADING, *([ABOVE] if can_go_on else []), SKIP]
        text = f"{grid.where(row)}只有一格有内容：“{heading.text[:80]}”，是什么？"
        cells = [(previous.key, name)] if can_go_on else []
        self._ask("lone", key, text, grid.where(row), heading.text, [(o, OPTIONS[o]) for o in options], cells)
        return previous

    def _ask(self, kind, key, text, where, left, options, cells=()):
        self.table.left_out.append(LeftOut(kind, key, text, [where], [left] if left else [], options, list(cells)))

    def _ask_for_last_headings(self):
        """Ask about headings at the end under which no task stands: a signature, a sum, or a task in disguise."""
        for index, grid, row, heading in self.unused:
            key = f"{index}:{row.number}"
            text = f"{grid.where(row)}“{heading.text[:80]}”下面没有任务，是什么？"
            options = [(SKIP, "不读取"), (TASK, "是一项任务")]
            self._ask("lone", key, text, grid.where(row), heading.text, options)

    # rows of the plan

    def _learn_merges(self, lines):
        """Find the tables that merge cells: in the others a blank cell may go on with the one above."""
        for index, _, _, row in lines:
            self.merged[index] = self.merged.get(index, False) or "up" in row.covered

    def _row(self, index, grid, header, row, previous):
        texts = {name: _joined(header, row, name) for name in columns.FIELDS}
        self._under(header, row, texts)
        responsible_at = header.columns(RESPONSIBLE)
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
            first_leads=self.table.first_leads or any(columns.first_leads(header.texts[at]) for at in responsible_at),
            with_persons=any(columns.with_persons(text) for text in header.texts),
            doubts=_doubts(header, row),
            text="".join(dict.fromkeys(text for text in row.cells if text)),
        )
        if not (raw.requirement or raw.lead or raw.responsible):
            return self._without_content(index, grid, row, raw, previous)
        self.unused = []
        above = previous if previous and (previous.part, previous.section) == (raw.part, raw.section) else None
        if self._is_merged_requirement(header, row):
            return self._merged(raw, previous)
        if self._is_shifted(raw) and not self._keeps(raw):
            return previous
        _fill_ditto(raw, above)
        _fill_blanks(header, raw, above, self._goes_on(index, grid, header, row))
        raw.above = previous.key if previous else ""
        self.table.rows.append(raw)
        return raw

    def _without_content(self, index, grid, row, raw, previous):
        """Ask about a row without a requirement and without units, unless it holds only a number."""
        texts = [text for column, text in enumerate(row.cells) if text and row.own(column)]
        if all(DIGITS.match(text) for text in texts):
            self.table.notes.append(f"{raw.where}只有序号，没有读取。")
            return previous
        said = "｜".join(texts)
        text = f"{raw.where}没有具体要求和单位：“{said[:80]}”，没有读取。"
        self._ask("lone", raw.key, text, raw.where, raw.text, [(SKIP, "不读取"), (TASK, "是一项任务")])
        if self.choices.get(f"lone:{raw.key}") == TASK:
            self.table.rows.append(raw)
            return raw
        return previous

    def _is_shifted(self, raw):
        """Return whether the cells of a row stand in other columns than those of its table, or it is a sum."""
        if columns.is_total(raw.number) or columns.is_total(raw.section):
            return True
        if raw.requirement and self._holds_units(raw.requirement):
            return True
        if len(raw.requirement) <= MAX_DAY_CHARS and deadlines.read(raw.requirement, 2024) and raw.requirement:
            return True
        if not is_blank(raw.deadline) and self._holds_units(raw.deadline):
            return True
        texts = [text for text in (raw.lead, raw.responsible) if text and not self._holds_units(text)]
        return any(deadlines.read(text, 2024) for text in texts if len(text) <= MAX_DAY_CHARS)

    def _holds_units(self, text):
        if len(text) > MAX_UNITS_CHARS or SENTENCE.search(text) or not self.names.has_any(text):
            return False
        cell = units.read(text, self.names, RESPONSIBLE)
        names = cell.lead + cell.responsible
        return bool(names) and cell.clear and all(name in self.names for name in names)

    def _keeps(self, raw):
        """Ask whether a row that does not fit its columns is read as it stands."""
        choice = self.choices.get(f"shifted:{raw.key}")
        text = f"{raw.where}各格的内容和表头对不上：“{raw.text[:80]}”，没有读取。"
        options = [(SKIP, "不读取"), (READ, "按各列读取，再逐格改")]
        self._ask("shifted", raw.key, text, raw.where, raw.text, options)
        return choice == READ

    def _is_merged_requirement(self, header, row):
        """Return whether the requirement goes on from the row above while units or deadline are the row's own."""
        of = header.columns(REQUIREMENT)
        return bool(of) and all(row.covered[column] == "up" for column in of)

    def _merged(self, raw, previous):
        key = f"merged:{raw.key}"
        choice = self.choices.get(key)
        options = [("own", "各为一项任务"), ("join", "与上一行是同一项，单位合并"), (SKIP, "不读取")]
        text = f"{raw.where}的具体要求与上一行合并，单位或时限另写，是不是同一项任务？"
        cells = [(previous.key, None)] if previous else []
        left = LeftOut("merged", raw.key, text, [raw.where], [raw.text], options, cells)
        self.table.left_out.append(left)
        if choice == "own":
            self.table.rows.append(raw)
            return raw
        if choice == "join" and previous is not None:
            previous.below += [(name, getattr(raw, name)) for name in (LEAD, RESPONSIBLE) if getattr(raw, name)]
        return previous

    def _goes_on(self, index, grid, header, row):
        """Return whether blank cells go on with the row above: `True`, `None` for perhaps, or `False`."""
        if not grid.knows_merges:
            return True
        if self.merged[index]:
            return False
        of = header.columns(SECTION) + header.columns(PART) or header.columns(NUMBER)
        return None if of and not any(row.cells[column] for column in of) else "unit"

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


def _looks_like_heading(text):
    return len(text) > 1 and not DIGITS.match(text)


def _joined(header, row, name):
    """Return the texts in the columns of one field, one per line."""
    return "\n".join(dict.fromkeys(row.cells[column] for column in header.columns(name) if row.cells[column]))


def _doubts(header, row):
    found = [(header.fields[column], sentence) for column, sentence in row.doubts if column < len(header.fields)]
    return [(name, sentence) for name, sentence in found if name in FIELDS_ASKED]


def _from_above(header, row: Row, name):
    of_field = [column for column in header.columns(name) if row.cells[column]]
    return bool(of_field) and all(row.covered[column] == "up" for column in of_field)


def _fill_ditto(raw, above):
    if above is None:
        return
    if compact(raw.lead) in DITTO:
        raw.lead, raw.lead_from_above = above.lead, True
    if compact(raw.responsible) in DITTO:
        raw.responsible, raw.responsible_from_above = above.responsible, True
    if compact(raw.deadline) in DITTO:
        raw.deadline = above.deadline


def _fill_blanks(header, raw, above, goes_on):
    """Fill in blank cells that go on with the row above, and note those of which that is not sure (design: The table).

    Where the format does not say what is merged, a blank lead cell repeats the one above; a blank responsible cell does
    so only beside a blank lead cell. Where it could have said so and did not, a person is asked.
    """
    no_deadline = DEADLINE in header.fields and is_blank(raw.deadline)
    raw.blank += [DEADLINE] if no_deadline else []
    if above is None or goes_on is False:
        return
    lead_is_blank = LEAD in header.fields and not raw.lead
    beside_lead = LEAD in header.fields and not lead_is_blank
    responsible_is_blank = RESPONSIBLE in header.fields and not raw.responsible
    if lead_is_blank and above.lead and (goes_on != "unit" or not responsible_is_blank):
        if goes_on != "unit":
            raw.lead, raw.lead_from_above = above.lead, True
        raw.blank += [LEAD] if goes_on is not True else []
    if not responsible_is_blank or not above.responsible or goes_on == "unit":
        return
    if not beside_lead:
        raw.responsible, raw.responsible_from_above = above.responsible, True
        raw.blank += [RESPONSIBLE] if goes_on is None else []
    elif no_deadline:
        raw.blank.append(RESPONSIBLE)
