"""Rows as written, and what is left to ask about them."""

import re
from dataclasses import dataclass, field

from tasks.imports.reading.source import compact

from .columns import DEADLINE, LEAD, REQUIREMENT, RESPONSIBLE

FOOTNOTE = re.compile(r"^(?:注|备注|说明|附注|填表说明|填报说明)\s*\d*\s*[:：.、]|^[*＊※★]\s*(?:为|注|表示|号|的)")
RULE = re.compile(r"牵头|责任单位|配合单位|时限|期限|底前|未注明|加粗|[★☆▲※*]")
MARKED_LEADS = re.compile("(?:加粗|黑体|下划线|红色|标红|带|标有|标注|打)[^。；]{0,8}为(?:牵头|主办)")
READ, SKIP, TASK, HEADING, ABOVE = "read", "skip", "task", "heading", "above"
FIELDS_ASKED = (REQUIREMENT, LEAD, RESPONSIBLE, DEADLINE)


@dataclass
class RawRow:
    """One row of the table as written, with merged cells filled in.

    `blank` are the fields of blank cells of which it is not known whether they repeat the row `above`.
    """

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
    first_leads: bool = False
    with_persons: bool = False
    above: str = ""  # the key of the row above in the same section
    blank: list = field(default_factory=list)
    doubts: list = field(default_factory=list)  # (field, sentence)
    text: str = ""
    below: list = field(default_factory=list)  # texts of lone cells below that go on with this row's cells


@dataclass
class LeftOut:
    """A row or table that is not read unless a person says so; `cells` are those of the plan that it may concern."""

    kind: str
    key: str
    text: str
    where: list
    texts: list
    options: list
    cells: list = field(default_factory=list)


@dataclass
class Table:
    """The rows of all grids of a file, and what could not be read."""

    rows: list[RawRow] = field(default_factory=list)
    headers: list[tuple] = field(default_factory=list)  # (grid index, Header)
    unknown: list[int] = field(default_factory=list)  # grids whose columns the user has to assign
    doubts: dict = field(default_factory=dict)  # grid index → [(fields, sentence)]
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)  # lines of a grid before its header: a title
    footnotes: list[str] = field(default_factory=list)
    has_deadlines: bool = True
    first_leads: bool = False


def repeats(header, row):
    """Return whether the row repeats the header, as at the top of a page."""
    told = [(compact(text), compact(cell)) for text, cell in zip(header.texts, row.cells, strict=False) if text]
    return bool(told) and all(text == cell for text, cell in told)
