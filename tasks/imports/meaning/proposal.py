"""The proposed plan of an import, with the questions that are still open."""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

TABLE, NOTICE = "table", "notice"
NOTICE_HEADING = "通知正文要求"


@dataclass
class ProposedRow:
    """One row of the proposed plan."""

    key: str
    where: str
    kind: str
    part: str
    section: str
    requirement: str
    lead: list[str]
    responsible: list[str]
    lead_from_cell_above: bool = False
    responsible_from_cell_above: bool = False
    number: int = 0
    number_as_written: str = ""
    deadline_as_written: str = ""
    due_on: date | None = None
    recurrence: str = ""
    recurrence_day: int | None = None
    target_count: int | None = None
    offered_count: int | None = None
    offered_words: str = ""
    left_out: bool = False
    deadline_key: str = ""  # the wording that identifies the question about this deadline
    units_keys: list = field(default_factory=list)  # the texts that identify the questions about its cells of units

    def cells(self):
        """Return the row as `issuing.build` takes it."""
        return {
            "number": self.number,
            "requirement": self.requirement,
            "deadline_as_written": self.deadline_as_written,
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "recurrence": self.recurrence,
            "recurrence_day": self.recurrence_day,
            "target_count": self.target_count,
            "lead": self.lead,
            "lead_from_cell_above": self.lead_from_cell_above,
            "responsible": self.responsible,
            "responsible_from_cell_above": self.responsible_from_cell_above,
        }


@dataclass
class Question:
    """A question that the file leaves open; `kind` and `key` identify its answer.

    `cells` are the cells of the plan that it is about, as pairs of a row's key and a field; `None` stands for all rows,
    or the whole row. `left_out` are the texts of rows that are not read unless the answer says so. `options` are the
    answers to choose from, as `(value, label)`; `whole` is the text of the cell in question.
    """

    kind: str
    key: str
    text: str
    where: list[str] = field(default_factory=list)
    likely: list = field(default_factory=list)
    proposed: str = ""
    cells: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    options: list = field(default_factory=list)
    whole: str = ""

    @property
    def id(self):
        """The name of the question among the choices of an import."""
        return f"{self.kind}:{self.key}"


@dataclass
class Proposal:
    """The proposed plan."""

    about: dict
    rows: list[ProposedRow]
    questions: list[Question]
    notes: list[str]
    headers: list[tuple] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)  # name as written → the rows that name it
    deadlines: dict[str, list[str]] = field(default_factory=dict)
    answers: dict = field(default_factory=dict)  # those that were used, with those learnt before
    answered: list[Question] = field(default_factory=list)  # questions with an answer, which can be changed

    @property
    def taken(self):
        """Return the rows that will be in the plan."""
        return [row for row in self.rows if not row.left_out]

    def as_plan_data(self):
        """Return the plan as plain data in the format of fixtures/plan-2024.json."""
        about = {key: value for key, value in self.about.items() if key != "issued_on"}
        issued_on = self.about["issued_on"]
        return {
            "plan": {**about, "issued_on": issued_on.isoformat() if issued_on else None},
            "parts": [
                {"heading": heading, "kind": kind, "sections": _sections(rows)}
                for (kind, heading), rows in _runs(self.taken, lambda row: (row.kind, row.part))
            ],
        }


def _sections(rows):
    return [
        {"heading": heading, "tasks": [row.cells() for row in of_section]}
        for heading, of_section in _runs(rows, lambda row: row.section)
    ]


def _runs(rows, key):
    return [(value, list(run)) for value, run in groupby(rows, key)]
