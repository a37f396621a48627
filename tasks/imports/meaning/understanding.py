"""Derives the proposed plan from a file and the answers so far, and collects the open questions. No database access."""

from dataclasses import dataclass, field
from datetime import date

from .about import read_about
from .counts import target_count
from .deadlines import Deadline
from .deadlines import read as read_deadline
from .names import alike, by_role, looks_collective, marked_lead, proposed_kind, proposed_kinds, split
from .notice import addressees, read_notice
from .numbers import numbered
from .proposal import NOTICE, NOTICE_HEADING, TABLE, Proposal, ProposedRow, Question
from .table import read_table

COLLECTIVE_LIKENESS = 0.45
NO_DEADLINE = "（空白）"
NO_TITLE = "{year}年政务公开重点工作任务分解表"
MAX_PLACES_SHOWN = 5


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


def understand(source, year, register, answers=None, known_headings=None):
    """Return the `Proposal` of `source` and `answers` for a plan of `year`.

    `answers` is the JSON of `PlanImport.answers`; what neither it nor the file decides becomes a question.
    """
    return _Understanding(source, year, register, answers or {}, known_headings).proposal()


class _Understanding:
    def __init__(self, source, year, register, answers, known_headings):
        self.source, self.year, self.register, self.answers = source, year, register, answers
        self.table = read_table(source, known_headings, answers.get("columns"))
        self.questions = []
        self.names, self.deadlines, self.early = {}, {}, {}
        self.notes = [*source.notes, *self.table.notes]

    def proposal(self):
        about = self._about()
        rows = [self._row(raw) for raw in self.table.rows]
        rows += self._notice_rows()
        left_out = set(self.answers.get("left_out", ()))
        for row in rows:
            row.left_out = row.key in left_out
        self._ask_for_columns()
        self._number([row for row in rows if not row.left_out])
        self._collect([row for row in rows if not row.left_out])
        self._ask_for_names()
        self._drop_names(rows)
        self._ask_for_deadlines()
        return Proposal(about, rows, self.questions, self.notes, self.table.headers, self.names, self.deadlines)

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

    def _row(self, raw):
        said = self.answers.get("rows", {}).get(raw.key, {})
        lead, responsible = self._cells(raw, said)
        deadline = said.get("deadline", raw.deadline)
        row = ProposedRow(
            key=raw.key,
            where=raw.where,
            kind=TABLE,
            part=raw.part[:200],
            section=raw.section[:500],
            requirement=said.get("requirement", raw.requirement),
            lead=lead,
            responsible=responsible,
            lead_from_cell_above=raw.lead_from_above and bool(lead),
            responsible_from_cell_above=raw.responsible_from_above and bool(responsible),
            number_as_written=raw.number,
            deadline_as_written=deadline[:200],
        )
        self._settle_deadline(row, unsure=raw.deadline_is_unsure and "deadline" not in said)
        self._offer_count(row)
        return row

    def _cells(self, raw, said):
        """Return the names of both cells, separated where one cell holds both roles."""
        lead_text, responsible_text = said.get("lead", raw.lead), said.get("responsible", raw.responsible)
        in_lead, in_responsible = by_role(lead_text), by_role(responsible_text)
        if in_lead:
            lead_text, responsible_text = in_lead[0], "\n".join(filter(None, (in_lead[1], responsible_text)))
            raw.responsible_from_above = raw.responsible_from_above or raw.lead_from_above
        if in_responsible:
            lead_text = "\n".join(filter(None, (lead_text, in_responsible[0])))
            responsible_text = in_responsible[1]
            raw.lead_from_above = raw.lead_from_above or raw.responsible_from_above
        lead, responsible = (split(text, self.register.knows) for text in (lead_text, responsible_text))
        if raw.first_leads and not lead:
            lead, responsible = responsible[:1], responsible[1:]
            raw.lead_from_above = raw.responsible_from_above
        return self._with_marked_leads(lead, responsible)

    def _with_marked_leads(self, lead, responsible):
        if not any(marked_lead(name)[1] for name in [*lead, *responsible]):
            return lead, responsible
        lead = [marked_lead(name)[0] for name in lead]
        lead += [plain for plain, marked in map(marked_lead, responsible) if marked]
        return lead, [name for name in responsible if not marked_lead(name)[1]]

    def _settle_deadline(self, row, *, unsure=False):
        """Set the deadline of the row, or add a question; each wording is asked about once."""
        text = row.deadline_as_written
        missing = not text and not self.table.has_deadlines
        answer = self.answers.get("deadlines", {}).get(text or NO_DEADLINE)
        if answer is not None:
            deadline = _answered(answer)
        else:
            deadline = None if missing or unsure else read_deadline(text, self.year)
            if deadline is not None and deadline.due_on and deadline.due_on.year < self.year:
                self.early[text] = deadline.due_on
                deadline = None
        if answer is not None or deadline is None:
            row.deadline_key = text or NO_DEADLINE
        if deadline is not None:
            row.due_on, row.recurrence = deadline.due_on, deadline.recurrence
            row.recurrence_day = deadline.recurrence_day

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

    def _ask_for_columns(self):
        if not self.table.rows:
            for index in self.table.unknown:
                text = f"{self.source.grids[index].name}：哪一列是具体要求，哪一列是牵头部门、责任单位和完成时限？"
                self.questions.append(Question("columns", str(index), text))
            if not self.table.unknown:
                self.questions.append(Question("columns", "0", "表头下没有任务行，请核对表头所在的行。"))

    def _number(self, rows):
        note, repeated = numbered(rows, renumber=self.answers.get("numbers") == "renumber")
        if note:
            self.notes.append(note)
        for number, places in repeated:
            text = f"序号{number}出现了{len(places)}次：{'、'.join(places[:MAX_PLACES_SHOWN])}。是否按顺序重新编号？"
            self.questions.append(Question("number", str(number), text, places))

    def _collect(self, rows):
        for row in rows:
            for name in dict.fromkeys([*row.lead, *row.responsible]):
                self.names.setdefault(name, []).append(row.where)
            if row.deadline_key:
                self.deadlines.setdefault(row.deadline_key, []).append(row.where)
            if not row.requirement:
                self.questions.append(Question("requirement", row.key, f"{row.where}没有写具体要求。", [row.where]))
            if not row.lead and not row.responsible:
                self.questions.append(
                    Question("holder", row.key, f"{row.where}没有写牵头部门和责任单位。", [row.where])
                )

    def _ask_for_names(self):
        answered = self.answers.get("names", {})
        for name, places in self.names.items():
            if self.register.knows(name) or name in answered:
                continue
            many = looks_collective(name)
            proposed = f"new-collective:{proposed_kinds(name)}" if many else f"new-unit:{proposed_kind(name)}"
            text = f"“{name}”不在单位名录中。"
            self.questions.append(Question("name", name, text, places, self.register.likely(name), proposed))

    def _drop_names(self, rows):
        dropped = {name for name, answer in self.answers.get("names", {}).items() if answer == "drop"}
        if dropped:
            for row in rows:
                row.lead = [name for name in row.lead if name not in dropped]
                row.responsible = [name for name in row.responsible if name not in dropped]

    def _ask_for_deadlines(self):
        answered = self.answers.get("deadlines", {})
        for text, places in self.deadlines.items():
            if text in answered:
                continue
            if text in self.early:
                say = f"完成时限“{text}”（{self.early[text]:%Y-%m-%d}）早于{self.year}年。"
            elif text == NO_DEADLINE and not self.table.has_deadlines:
                say = "表中没有完成时限一列。"
            elif text == NO_DEADLINE:
                say = "完成时限一格空白，可能是与上一行合并，也可能没有时限。"
            else:
                say = f"完成时限“{text}”无法确定是哪一天。"
            self.questions.append(Question("deadline", text, say, places))


def _answered(answer):
    day = answer.get("due_on")
    return Deadline(
        date.fromisoformat(day) if day else None, answer.get("recurrence", ""), answer.get("recurrence_day")
    )
