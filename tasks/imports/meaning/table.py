"""Turns grids into rows: headers, continued and hidden tables, and what is left to ask a person (design: The table)."""

import re
from dataclasses import replace

from . import columns, contents
from .columns import DEADLINE, IGNORED, LEAD, RESPONSIBLE
from .raw import FOOTNOTE, MARKED_LEADS, READ, RULE, SKIP, LeftOut, Table, repeats
from .rows import Rows
from .units import Names

OF_A_NOTICE = re.compile(r"抄\s*送|印\s*发|签\s*发|拟\s*稿|发文|会\s*签|核\s*稿|主题词")


def read_table(source, known_headings=None, answers=None, names=None):
    """Read all grids of `source`, and return the `Table`.

    `known_headings` maps signatures of headings to fields; `answers` are those of the import (`columns`, `choices`);
    `names` are the known `Names`.
    """
    answers = answers or {}
    reading = _Grids(source, known_headings, answers, names or Names())
    return reading.read()


class _Grids:
    def __init__(self, source, known, answers, names):
        self.source, self.known, self.names = source, known, names
        self.columns, self.choices = answers.get("columns") or {}, answers.get("choices") or {}
        self.table, self.last = Table(), None
        self.lines, self.unplaced = [], []

    def read(self):
        for index, grid in enumerate(self.source.grids):
            if grid.hidden and not self._shows(index, grid):
                continue
            self._grid(index, grid)
        if self.table.headers:
            self.table.has_deadlines = any(DEADLINE in header.fields for _, header in self.table.headers)
            self.table.first_leads = self._first_leads()
            Rows(self.table, self.choices, self.names).read(self.lines)
            self._ask_for_unknown()
            self._ask_for_rules()
        return self.table

    def _shows(self, index, grid):
        """Return whether a hidden sheet is read; asks where it looks like a table of tasks."""
        choice = self.choices.get(f"sheet:{index}")
        if choice != READ:
            self.table.notes.append(f"{grid.name}是隐藏的，没有读取。")
        if columns.find_header(grid, self.known) is not None:
            options = [(SKIP, "不读取"), (READ, "一并读取")]
            self._leave_out("sheet", index, f"{grid.name}是隐藏的，里面像是任务表，要不要读取？", grid.rows, options)
        return choice == READ

    def _leave_out(self, kind, index, text, rows, options):
        texts = ["".join(dict.fromkeys(cell for cell in row.cells if cell)) for row in rows]
        where = [self.source.grids[index].where(row) for row in rows]
        self.table.left_out.append(LeftOut(kind, str(index), text, where, texts, options))

    def _grid(self, index, grid):
        header = self._header_of(index, grid)
        if header is not None:
            self.last = header
        elif self.last is not None:
            header = contents.goes_on(grid, self.last, self.names)
        if header is None:
            self.table.unknown.append(index)
            return
        self.table.headers.append((index, header))
        self.table.above += _before(grid, header)
        self._doubt_columns(index, grid, header)
        rows = self._hidden_rows(index, grid, grid.rows[header.last + 1 :])
        places = {id(row): place for place, row in enumerate(grid.rows)}
        for row in rows:
            at = places[id(row)]
            below = columns.header_below(grid, at, self.known) if header is None or not repeats(header, row) else None
            if below is not None:
                header = self._second_header(index, grid, below, at)
            elif header is None:
                self.unplaced.append(row)
            else:
                self.lines.append((index, grid, header, row))
        self._ask_for_unplaced(index, grid)

    def _second_header(self, index, grid, header, at):
        """Return the header of a table that follows the first in the same grid, `None` if it cannot be read by it."""
        if not header.is_enough:
            self.unplaced.append(grid.rows[at])
            return None
        doubts = contents.check(replace(grid, rows=grid.rows[at:]), replace(header, first=0, last=0), self.names)
        if doubts:
            self.table.doubts.setdefault(index, []).extend(doubts)
        return header

    def _ask_for_unplaced(self, index, grid):
        if self.unplaced:
            text = f"{grid.name}从第{self.unplaced[0].number}行起换了表头，不像任务表，没有读取。"
            self._leave_out("grid", index, text, self.unplaced, [(SKIP, "不读取")])
        self.unplaced = []

    def _header_of(self, index, grid):
        answer = self.columns.get(str(index))
        if answer is None:
            return columns.find_header(grid, self.known)
        row = min(max(int(answer["row"]), -1), len(grid.rows) - 1)
        fields = [name if name in columns.FIELDS else None for name in answer["fields"]][: grid.width]
        fields += [None] * (grid.width - len(fields))
        texts = list(grid.rows[row].cells) if row >= 0 else [""] * grid.width
        header = columns.Header(row, row, texts, fields, certain=True)
        return header if header.is_enough else None

    def _doubt_columns(self, index, grid, header):
        doubts = contents.check(grid, header, self.names)
        if not header.certain:
            header.fields = [
                None if column in grid.hidden_columns else name for column, name in enumerate(header.fields)
            ]
        if doubts:
            self.table.doubts[index] = doubts
        for column, text in enumerate(header.texts):
            if header.fields[column] == IGNORED or (header.fields[column] is None and header.certain):
                self._note_unread(grid, header, column, text)

    def _note_unread(self, grid, header, column, text):
        if any(row.cells[column] and row.own(column) for row in grid.rows[header.last + 1 :]):
            name = f"“{text}”列" if text else f"第{column + 1}列（无表头）"
            self.table.notes.append(f"{grid.name}{name}没有读取。")

    def _hidden_rows(self, index, grid, rows):
        """Return the rows to read; hidden ones only if a person says so."""
        hidden = [row for row in rows if row.hidden]
        if not hidden:
            return rows
        choice = self.choices.get(f"hidden:{index}")
        text = f"{grid.name}有{len(hidden)}行是隐藏的，要不要读取？"
        self._leave_out("hidden", index, text, hidden, [(SKIP, "不读取"), (READ, "一并读取")])
        return rows if choice == READ else [row for row in rows if not row.hidden]

    def _first_leads(self):
        """Return whether a text of the file says that the first unit of a cell leads, and no column is for leads."""
        if any(LEAD in header.fields for _, header in self.table.headers):
            return False
        rows = [text for grid in self.source.grids for row in grid.rows if len({*row.cells} - {""}) == 1
                for text in row.cells[:1] or ()]  # fmt: skip
        texts = [*self.source.paragraphs, *self.source.after, *self.table.above, *rows]
        return any(columns.rule_of_first(text) for text in texts)

    def _ask_for_rules(self):
        """Ask about notes after the table that may say what its cells do not."""
        notes = [text for text in self.source.after if FOOTNOTE.match(text) and RULE.search(text)]
        notes += [text for text in self.source.paragraphs if MARKED_LEADS.search(text)]
        for number, text in enumerate(notes):
            if columns.rule_of_first(text):
                continue
            said = f"“{text[:80]}”可能说明了牵头、责任单位或时限，请按它核对预览。"
            cells = [(None, LEAD), (None, RESPONSIBLE), (None, DEADLINE)]
            left = LeftOut("rule", f"after:{number}", said, [], [], [(SKIP, "已核对")], cells)
            self.table.left_out.append(left)

    def _ask_for_unknown(self):
        for index in self.table.unknown:
            grid = self.source.grids[index]
            texts = [text for row in grid.rows for text in row.cells if text]
            of_notice = len(grid.rows) <= 4 and any(OF_A_NOTICE.search(text) for text in texts)
            if columns.is_of_others(grid) or of_notice:
                self.table.notes.append(f"{grid.name}不像任务表，没有读取。")
                continue
            sample = "｜".join(dict.fromkeys(texts))[:40].replace("\n", " ")
            text = f"{grid.name}（“{sample}”）不像任务表，没有读取。不需要的请选不读取；是任务的，请指明各列的含义。"
            self._leave_out("grid", index, text, grid.rows, [(SKIP, "不读取")])


def _before(grid, header):
    rows = grid.rows[: max(header.first, 0)]
    return [text for row in rows for text in dict.fromkeys(row.cells) if text]
