"""Derives the proposed plan from a file and the answers so far, and collects the open questions. No database access."""

from dataclasses import dataclass, field
from datetime import date

from . import leftovers, units
from .about import read_about
from .columns import DEADLINE, LEAD, RESPONSIBLE
from .counts import target_count
from .deadlines import Deadline
from .deadlines import read as read_deadline
from .names import alike, looks_collective, split
from .notice import addressees, read_notice
from .numbers import numbered
from .proposal import NOTICE, NOTICE_HEADING, TABLE, Proposal, ProposedRow
from .questions import Questions
from .raw import READ
from .table import read_table

COLLECTIVE_LIKENESS = 0.45
NO_DEADLINE = "（空白）"
NO_TITLE = "{year}年政务公开重点工作任务分解表"
SAME, NONE = "above", "none"  # what a blank cell means


@dataclass
class Register:
    """The known names: units, collectives, and aliases with the unit that each stands for."""

    units: list[str] = field(default_factory=list)
    collectives: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.all = {*self.units, *self.collectives, *self.aliases}

    def knows(self, name):
        """Return whether a name is known exactly as written."""
        return name in self.all

    def likely(self, name):
        """Return `(name, reason, kind)` of the names that an unknown one may stand for, the most likely first."""
        if looks_collective(name):
            found = alike(name, self.collectives, least=COLLECTIVE_LIKENESS)
            return [(like.name, like.reason, "collective") for like in found]
        found = alike(name, [*self.units, *self.aliases], most=6)
        named = {}
        for like in found:
            named.setdefault(self.aliases.get(like.name, like.name), like.reason)
        return [(unit, reason, "unit") for unit, reason in list(named.items())[:3]]


def understand(source, year, register, answers=None, known_headings=None, learnt=None):
    """Return the `Proposal` of `source` and `answers` for a plan of `year`.

    `answers` is the JSON of `PlanImport.answers`; what neither it nor the file decides becomes a question. `learnt` are
    the answers that the county gave to the same texts before, by group; those of `answers` go before them.
    """
    answers = dict(answers or {})
    for group, known in (learnt or {}).items():
        answers[group] = {**known, **answers.get(group, {})}
    return _Understanding(source, year, register, answers, known_headings).proposal()


class _Understanding:
    def __init__(self, source, year, register, answers, known_headings):
        self.year, self.register, self.answers = year, register, answers
        self.choices = answers.get("choices", {})
        self.marked = leftovers.marked_texts(source)
        self.source = leftovers.settled(source, keep=self.choices.get("marked:text") == READ)
        self.names_known = units.Names(register.all)
        self.table = read_table(self.source, known_headings, answers, self.names_known)
        self.names, self.deadlines, self.early = {}, {}, {}
        self.unclear = {}  # key of a cell of units → its text
        self.notes = [*source.notes, *self.table.notes]

    def proposal(self):
        about = self._about()
        self.raws = {raw.key: raw for raw in self.table.rows}
        rows = [self._row(raw) for raw in self.table.rows]
        self._fill_deadlines(rows)
        rows += self._notice_rows()
        left_out = set(self.answers.get("left_out", ()))
        for row in rows:
            row.left_out = row.key in left_out
        taken = [row for row in rows if not row.left_out]
        note, repeated = numbered(taken, renumber=self.answers.get("numbers") == "renumber")
        self.notes += [note] if note else []
        self._collect(taken)
        asked = Questions(self, taken, repeated)
        asked.ask()
        self._drop_names(rows)
        found = Proposal(about, rows, asked.questions, self.notes, self.table.headers, self.names, self.deadlines)
        found.answers, found.answered = self.answers, asked.answered
        return found

    def _about(self):
        found = read_about(self.source.paragraphs, self.table.above)
        if found["year"] and found["year"] != self.year:
            self.notes.append(f"文件写的是{found['year']}年，现按{self.year}年导入，完成时限按{self.year}年计算。")
        if not found["title"]:
            found["title"] = NO_TITLE.format(year=self.year)
            self.notes.append("文件中没有找到标题，暂用通用标题，可修改。")
        found["title"], found["issuer"] = found["title"][:200], found["issuer"][:100]
        found["basis"] = [{**each, "title": each["title"][:200]} for each in found["basis"]]
        found.update(self.answers.get("about", {}))
        if isinstance(found["issued_on"], str):
            found["issued_on"] = date.fromisoformat(found["issued_on"]) if found["issued_on"] else None
        found["year"] = self.year
        order = ("year", "title", "document_number", "issuer", "issued_on", "basis")
        return {key: found[key] for key in order}

    def said(self, key):
        """Return the texts that a person wrote for the cells of a row, by field."""
        return self.answers.get("rows", {}).get(key, {})

    def _row(self, raw):
        said = self.said(raw.key)
        deadline = said.get("deadline", raw.deadline)
        if "deadline" not in said and units.is_blank(deadline):
            deadline = ""
        row = ProposedRow(
            key=raw.key,
            where=raw.where,
            kind=TABLE,
            part=raw.part[:200],
            section=raw.section[:500],
            requirement=said.get("requirement", raw.requirement),
            lead=[],
            responsible=[],
            number_as_written=raw.number,
            deadline_as_written=deadline[:200],
        )
        self._read_units(row, raw, said)
        row.lead_from_cell_above = raw.lead_from_above and bool(row.lead)
        row.responsible_from_cell_above = raw.responsible_from_above and bool(row.responsible)
        self._settle_deadline(row)
        self._offer_count(row)
        return row

    # cells of units

    def _read_units(self, row, raw, said):
        lead, responsible = self._cell(row, raw, LEAD, said), self._cell(row, raw, RESPONSIBLE, said)
        if lead.responsible:
            raw.responsible_from_above = raw.responsible_from_above or raw.lead_from_above
        if responsible.lead and not lead.lead:
            raw.lead_from_above = raw.lead_from_above or raw.responsible_from_above
        more = [self._cell_of(row, raw, name, text) for name, text in raw.below if name in (LEAD, RESPONSIBLE)]
        for cell in (lead, responsible, *more):
            row.lead += [name for name in cell.lead if name not in row.lead]
            row.responsible += [name for name in cell.responsible if name not in row.responsible]

    def _cell(self, row, raw, name, said):
        """Return the `units.Cell` of a row's cell; the cell above where a person said that a blank one repeats it."""
        if name in said:
            return self._written(name, said[name])
        if name in raw.blank and self.choices.get(f"blank:{raw.key}:{name}") == NONE:
            return units.Cell()
        text = getattr(raw, name)
        above = self.raws.get(raw.above)
        if name in raw.blank and not text and above and self.choices.get(f"blank:{raw.key}:{name}") == SAME:
            text = getattr(above, name)
        return self._cell_of(row, raw, name, text)

    def _cell_of(self, row, raw, name, text):
        answer = self.answers.get("cells", {}).get(f"{name}:{text}")
        led = name == RESPONSIBLE and bool(raw.lead)
        hints = {"first_leads": raw.first_leads, "with_persons": raw.with_persons, "led": led}
        cell = units.read(text, self.names_known, name, **hints)
        if cell.clear and answer is None:
            return cell
        key = f"{name}:{text}"
        self.unclear.setdefault(key, (text, cell))
        row.units_keys.append(key)
        if answer is None:
            return cell
        names = {role: split(answer.get(role, ""), self.register.knows) for role in (LEAD, RESPONSIBLE)}
        return units.Cell(names[LEAD], names[RESPONSIBLE])

    def _written(self, name, text):
        names = split(text, self.register.knows)
        return units.Cell(lead=names) if name == LEAD else units.Cell(responsible=names)

    # deadlines

    def _settle_deadline(self, row):
        """Set the deadline of the row, or leave it to a question; each wording is asked about once."""
        text = row.deadline_as_written
        if not text and self.table.has_deadlines:
            return  # asked for each row, or filled in from the row above
        answer = self.answers.get("deadlines", {}).get(text or NO_DEADLINE)
        deadline = _answered(answer) if answer is not None else read_deadline(text, self.year) if text else None
        if answer is None and deadline is not None and deadline.due_on and deadline.due_on.year < self.year:
            self.early[text] = deadline.due_on
            deadline = None
        if answer is not None or deadline is None:
            row.deadline_key = text or NO_DEADLINE
        _set(row, deadline)

    def _fill_deadlines(self, rows):
        """Set the deadlines of rows whose cell is blank, as a person said; rows are in order."""
        by_key = {row.key: row for row in rows}
        for row in rows:
            raw = self.raws[row.key]
            if row.deadline_as_written or DEADLINE not in raw.blank:
                continue
            choice = self.choices.get(f"blank:{row.key}:deadline")
            above = by_key.get(raw.above)
            if choice == SAME and above is not None:
                row.deadline_as_written, row.deadline_key = above.deadline_as_written, above.deadline_key
                _set(row, Deadline(above.due_on, above.recurrence, above.recurrence_day))
            elif choice and choice not in (SAME, NONE):
                row.recurrence = choice

    def _offer_count(self, row):
        row.offered_count, row.offered_words = target_count(row.requirement)
        refused = self.answers.get("counts", {}).get(row.key) is False
        row.target_count = None if refused else row.offered_count

    def _notice_rows(self):
        names = addressees(self.source.paragraphs, self.register.knows)
        rows = read_notice(self.source.paragraphs, self.year) if names and self.table.rows else []
        return [
            ProposedRow(
                key=f"notice:{index}",
                where="通知正文",
                kind=NOTICE,
                part=NOTICE_HEADING,
                section=row.heading[:500],
                requirement=row.requirement,
                lead=[],
                responsible=list(names),
                deadline_as_written=row.deadline_as_written,
                due_on=row.due_on,
                recurrence=row.recurrence,
                recurrence_day=row.recurrence_day,
                target_count=None
                if self.answers.get("counts", {}).get(f"notice:{index}") is False
                else row.target_count,
                offered_count=row.target_count,
                offered_words=row.requirement if row.target_count else "",
            )
            for index, row in enumerate(rows)
        ]

    def _collect(self, rows):
        """Index the names and deadlines of the rows that are taken."""
        for row in rows:
            for name in dict.fromkeys([*row.lead, *row.responsible]):
                self.names.setdefault(name, []).append(row.where)
            if row.deadline_key:
                self.deadlines.setdefault(row.deadline_key, []).append(row.where)

    def _drop_names(self, rows):
        dropped = {name for name, answer in self.answers.get("names", {}).items() if answer == "drop"}
        if dropped:
            for row in rows:
                row.lead = [name for name in row.lead if name not in dropped]
                row.responsible = [name for name in row.responsible if name not in dropped]


def _set(row, deadline):
    if deadline is not None:
        row.due_on, row.recurrence = deadline.due_on, deadline.recurrence
        row.recurrence_day = deadline.recurrence_day


def _answered(answer):
    day = answer.get("due_on")
    return Deadline(
        date.fromisoformat(day) if day else None, answer.get("recurrence", ""), answer.get("recurrence_day")
    )
