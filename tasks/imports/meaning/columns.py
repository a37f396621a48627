"""Recognises the meaning of columns by their headings; what is not recognised is left for the user to assign."""

import re
from dataclasses import dataclass

from tasks.imports.reading.source import compact

NUMBER, PART, SECTION, REQUIREMENT = "number", "part", "section", "requirement"
LEAD, RESPONSIBLE, DEADLINE, IGNORED = "lead", "responsible", "deadline", "ignored"
FIELDS = {
    NUMBER: "序号",
    PART: "部分",
    SECTION: "工作任务（类别）",
    REQUIREMENT: "具体要求",
    LEAD: "牵头部门",
    RESPONSIBLE: "责任单位",
    DEADLINE: "完成时限",
    IGNORED: "不读取",
}
HELPING = "helping"  # 配合单位: the responsible units; a column 责任单位 beside it then holds the lead
_WORDS = (  # the first one found in a heading decides
    (IGNORED, "备注|说明|进展|完成情况|落实情况|领导|负责人|责任人|联系人|联系方式|电话|签字|依据|来源|得分|分值"),
    (NUMBER, "序号|编号|序列"),
    (DEADLINE, "时限|期限|截止|完成时间|时间要求|时间节点|完成日期|办结时间|时间安排|完成时间"),
    (LEAD, "牵头|主办|主责|主管部门|主管单位"),
    (HELPING, "配合|协办|协同|参与|协助"),
    (
        RESPONSIBLE,
        "责任单位|责任部门|责任主体|承办单位|承办部门|落实单位|落实部门|实施单位|承担单位|分工|责任分解|责任科室|责任股室|单位名称|涉及单位",
    ),
    (
        REQUIREMENT,
        "具体要求|工作要求|工作内容|主要内容|具体内容|任务内容|具体任务|措施|任务要求|重点内容|举措|公开内容"
        "|内容和要求|内容及要求|目标要求|主要任务|任务分解|细化任务|工作目标|要求|内容",
    ),
    (SECTION, "任务|类别|分类|项目|重点工作|工作重点|事项|一级|二级|领域|板块|方面"),
    (DEADLINE, "时间|日期"),
    (RESPONSIBLE, "部门|单位"),
)
_MEANINGS = tuple((field, re.compile(words)) for field, words in _WORDS)
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_FIRST_LEADS = re.compile("(?:第一|首位|首个|排在?前|列在?前|在前).*(?:牵头|主办)|(?:牵头|主办).*(?:在前|首位|第一)")
HEADER_SEARCH_ROWS = 25


@dataclass
class Header:
    """Position of a table's header, and the meaning of each column."""

    first: int
    last: int
    texts: list[str]
    fields: list[str | None]

    @property
    def signature(self):
        """Return the headings as one text; the same headings are recognised by it later."""
        return signature(self.texts)

    @property
    def is_enough(self):
        """Return whether rows can be read: there is a requirement and at least one column of units."""
        return REQUIREMENT in self.fields and (LEAD in self.fields or RESPONSIBLE in self.fields)

    def columns(self, field):
        """Return the indexes of the columns that hold `field`."""
        return [index for index, of in enumerate(self.fields) if of == field]


def signature(texts):
    """Return the headings of a table as one text."""
    return "｜".join(compact(text) for text in texts)[:500]


def meaning(text):
    """Return the field that a heading names, `None` where it names none."""
    text = compact(text)
    if not text or len(text) > 30:
        return None
    for words_of in (_BRACKETS.sub("", text), text):  # 责任单位（第一个为牵头单位） is a column of responsible units
        found = next((field for field, words in _MEANINGS if words.search(words_of)), None)
        if found:
            return found
    return None


def first_leads(text):
    """Return whether a heading says that the first unit of a cell leads: 责任单位（第一个为牵头单位）."""
    return bool(_FIRST_LEADS.search(compact(text)))


def settled(meanings):
    """Return the fields, with the meanings that depend on the other columns decided."""
    fields = list(meanings)
    sections = [index for index, field in enumerate(fields) if field == SECTION]
    if REQUIREMENT not in fields and sections:
        fields[sections.pop()] = REQUIREMENT
    for index in sections[:-1]:
        fields[index] = PART
    has_lead = LEAD in fields
    both = HELPING in fields and RESPONSIBLE in fields
    for index, field in enumerate(fields):
        if field == RESPONSIBLE and both and not has_lead:
            fields[index] = LEAD
        elif field == HELPING:
            fields[index] = RESPONSIBLE
    return fields


def find_header(grid, known=None):
    """Return the `Header` of a grid, the best of its first rows; `None` where no row resembles one.

    `known` maps signatures to fields, as users have assigned them.
    """
    known = known or {}
    best = None
    for index in range(min(len(grid.rows), HEADER_SEARCH_ROWS)):
        for last in (index, index + 1):
            header = _read(grid, index, last, known)
            if header and header.signature in known:
                return header
            if header and header.is_enough and (best is None or _found(header) > _found(best)):
                best = header
        if best and index > best.last:
            break
    return best


def _found(header):
    return len({field for field in header.fields if field and field != IGNORED})


def _read(grid, first, last, known):
    """Return the headings of rows `first` to `last`: the lowest text of its own in each column."""
    if last >= len(grid.rows) or (last > first and not _is_second_line(grid, first, last)):
        return None
    rows = grid.rows[first : last + 1]
    texts = [
        next((row.cells[column] for row in reversed(rows) if row.cells[column]), "") for column in range(grid.width)
    ]
    said = known.get(signature(texts))
    if said is not None and len(said) == len(texts):
        return Header(first, last, texts, [field or None for field in said])
    meanings = [None if _goes_on(rows[-1], column) else meaning(text) for column, text in enumerate(texts)]
    if len([field for field in meanings if field]) < 2:
        return None
    return Header(first, last, texts, settled(_spread(rows[-1], meanings)))


def _goes_on(row, column):
    return row.covered[column] == "left"


def _spread(row, meanings):
    """Return the meanings with columns under one merged heading given the same meaning."""
    spread = list(meanings)
    for column in range(1, len(spread)):
        if _goes_on(row, column):
            spread[column] = spread[column - 1]
    return spread


def _is_second_line(grid, first, last):
    """Return whether two rows form one header: cells are merged, and the lower row has headings of its own."""
    upper, lower = grid.rows[first], grid.rows[last]
    if sum(upper.own(column) and bool(text) for column, text in enumerate(upper.cells)) < 2:
        return False  # a title above the header, not part of it
    merged = any(mark == "left" for mark in upper.covered) or any(mark == "up" for mark in lower.covered)
    own = [text for column, text in enumerate(lower.cells) if lower.own(column) and text]
    return merged and bool(own) and all(meaning(text) for text in own)


def first_guess(grid):
    """Return a header for the user to check: the first row with the most short texts."""

    def short(row):
        return len({text for column, text in enumerate(row.cells) if row.own(column) and 0 < len(text) <= 20})

    index = max(range(min(len(grid.rows), HEADER_SEARCH_ROWS)), key=lambda at: (short(grid.rows[at]), -at))
    texts = list(grid.rows[index].cells)
    return Header(index, index, texts, settled([meaning(text) for text in texts]))
