"""What the cells of a column look like: a heading alone does not say whose units and whose days a column holds."""

import re
from itertools import combinations

from . import units
from .columns import (
    DEADLINE,
    IGNORED,
    LEAD,
    NUMBER,
    PART,
    REMARKS,
    REQUIREMENT,
    RESPONSIBLE,
    SECTION,
    Header,
    is_of_others,
    meaning,
)
from .deadlines import read as read_deadline
from .raw import repeats

UNITS, DAYS, DIGITS, TEXT, NOTHING = "units", "days", "digits", "text", ""
_DAY_WORDS = re.compile(r"月|年|季度?|每周|底前|日前|长期|持续|常态|即时|及时|随时|\d{4}[-./]\d")
_DIGITS = re.compile(r"^[\d０-９.．、()（）\-]+$")
_OF_FIELD = {LEAD: UNITS, RESPONSIBLE: UNITS, DEADLINE: DAYS, REQUIREMENT: TEXT, NUMBER: DIGITS}
_MAY_HOLD = {  # a column without a heading, by the field that it would be
    REQUIREMENT: (TEXT, UNITS, DAYS),
    LEAD: (UNITS,),
    RESPONSIBLE: (UNITS,),
    DEADLINE: (DAYS, TEXT),
    NUMBER: (DIGITS,),
    SECTION: (TEXT, UNITS),
    PART: (TEXT, UNITS),
}
MAX_TEXTS = 60
LONG_CHARS = 12
MAX_CELL_CHARS = 80  # a longer text that names a unit is a requirement


def kind_of(texts, known):
    """Return what most of the texts are: units, days, digits or text."""
    texts = list(dict.fromkeys(text for text in texts if not units.is_blank(text)))[:MAX_TEXTS]
    if not texts:
        return NOTHING
    found = [_kind(text, known) for text in texts]
    return max(dict.fromkeys(found), key=found.count)


def _kind(text, known):
    if _DIGITS.match("".join(text.split())):
        return DAYS if read_deadline(text, 2024) else DIGITS
    if len(text) <= 40 and (_DAY_WORDS.search(text) or read_deadline(text, 2024)) and not text.endswith("。"):
        cell = units.read(text, known, RESPONSIBLE)
        if not (cell.clear and any(name in known for name in cell.responsible + cell.lead)):
            return DAYS
    cell = units.read(text, known, RESPONSIBLE)
    if (cell.lead or cell.responsible) and (cell.clear or (len(text) <= MAX_CELL_CHARS and known.has_any(text))):
        return UNITS
    return TEXT


def column_texts(rows, column):
    """Return the texts of a column's own cells."""
    return [row.cells[column] for row in rows if row.cells[column] and row.own(column) and not row.hidden]


def check(grid, header, known):
    """Return the doubts about the columns of a table, by their cells: `[(fields, sentence)]`."""
    if header.certain:
        return []
    rows = [row for row in grid.rows[header.last + 1 :] if sum(map(bool, row.cells)) > 1 and not repeats(header, row)]
    doubts = list(header.doubts)
    for column, name in enumerate(header.fields):
        texts = column_texts(rows, column)
        if texts:
            doubts += _of_column(grid, header, column, name, texts, known)
    return doubts + _of_merged_heading(header, rows)


def _of_column(grid, header, column, name, texts, known):
    heading = header.texts[column].replace("\n", "") or f"第{column + 1}列（无表头）"
    sample = texts[0][:20].replace("\n", "/")
    if column in grid.hidden_columns:
        return [([name] if name in _OF_FIELD else [], f"“{heading}”列是隐藏的（如“{sample}”），要不要读取？")]
    kind = kind_of(texts, known)
    if name is None:
        may_be = {UNITS: [LEAD, RESPONSIBLE], DAYS: [DEADLINE], TEXT: [REQUIREMENT]}.get(kind, [])
        if kind == TEXT and max(map(len, texts)) < LONG_CHARS:
            may_be = []
        return [(may_be, f"“{heading}”列（如“{sample}”）没有读取，是否需要？")]
    if name == IGNORED and kind in (UNITS, DAYS) and REMARKS.search(heading):
        return [
            (
                [LEAD, RESPONSIBLE] if kind == UNITS else [DEADLINE],
                f"“{heading}”列写有单位或时限（如“{sample}”），没有读取，是否需要？",
            )
        ]
    wanted = _OF_FIELD.get(name)
    fits = {UNITS: (UNITS,), DAYS: (DAYS, TEXT), TEXT: (TEXT, UNITS, DAYS), DIGITS: (DIGITS, TEXT, DAYS, UNITS)}
    if wanted and kind not in (*fits[wanted], NOTHING):
        fields = [LEAD, RESPONSIBLE] if wanted == UNITS else [name]
        return [(fields, f"“{heading}”列的内容（如“{sample}”）不像{_WORDS[wanted]}，请核对各列的含义。")]
    return []


_WORDS = {UNITS: "单位名称", DAYS: "时限", TEXT: "任务要求", DIGITS: "序号"}


def _of_merged_heading(header, rows):
    """Return a doubt where columns under one heading hold different things in one row."""
    doubts = []
    for name in (REQUIREMENT, LEAD, RESPONSIBLE, DEADLINE):
        of = header.columns(name)
        if len(of) < 2 or len({header.texts[column] for column in of}) > 1:
            continue
        if any(sum(bool(row.cells[c]) and row.own(c) for c in of) > 1 for row in rows):
            fields = [LEAD, RESPONSIBLE] if name in (LEAD, RESPONSIBLE) else [name]
            doubts.append((fields, f"“{header.texts[of[0]]}”下面有{len(of)}列，请分别指明。"))
    return doubts


def goes_on(grid, last, known):
    """Return the `Header` of a table without headings that goes on with the one before, `None` if it does not.

    With fewer columns, those that are left are told by what they hold, and a person is asked.
    """
    if is_of_others(grid) or any(meaning(text) for text in grid.rows[0].cells if len(text) > 1 and grid.width < 3):
        return None
    kinds = [kind_of(column_texts(grid.rows, column), known) for column in range(grid.width)]
    if grid.width == len(last.fields):
        if _fit(last.fields, kinds):
            return Header(-1, -1, last.texts, last.fields, certain=last.certain)
        return None
    if not 3 <= grid.width < len(last.fields) <= 12:
        return None
    kept = [
        places for places in combinations(range(len(last.fields)), grid.width)
        if _fit([last.fields[place] for place in places], kinds)
    ]  # fmt: skip
    if not kept:
        return None
    best = min(kept, key=lambda places: [_cost(last.fields[p]) for p in range(len(last.fields)) if p not in places])
    fields = [last.fields[place] for place in best]
    texts = [last.texts[place] for place in best]
    said = "、".join(f"“{text}”" for text in texts)
    sentence = f"{grid.name}没有表头，列数与前一个表不同，暂按{said}读取，请核对各列的含义。"
    return Header(-1, -1, texts, fields, doubts=[(None, sentence)])


def _cost(name):
    return {NUMBER: 0, None: 0, PART: 1, SECTION: 2}.get(name, 9)


def _fit(fields, kinds):
    """Return whether columns of these kinds may hold these fields, among them the requirement and units."""
    if REQUIREMENT not in fields or not {LEAD, RESPONSIBLE} & {*fields}:
        return False
    pairs = list(zip(fields, kinds, strict=True))
    fits = all(kind == NOTHING or kind in _MAY_HOLD.get(name, (TEXT, UNITS, DIGITS)) for name, kind in pairs)
    return fits and any(name in (LEAD, RESPONSIBLE, DEADLINE) and kind != NOTHING for name, kind in pairs)
