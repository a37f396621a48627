"""Reads requirements from the notice that precedes the table and binds every unit as well (design: The table).

A sentence is taken where it binds all units and says how often, by when, or asks for a place in the annual report. One
that only encourages units to send something in is taken as well, as ongoing.
"""

import re
from dataclasses import dataclass
from datetime import date

from tasks.imports.reading.source import compact
from wenshang_disclosure.core import numerals

from .counts import target_count
from .deadlines import read as read_deadline
from .names import split

SALUTATION = re.compile(r"^(?P<names>[^。；]{4,120})[:：]$")
BINDS = re.compile(r"各级各部门|各部门|各单位|各乡镇|各镇街|各级")
ENCOURAGES = re.compile(r"^(?:鼓励|提倡|支持)")
DEADLINE = re.compile(
    r"(?:于|在)?(?P<deadline>(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|[上中下]旬|份)?(?:之?前|底前|以前)|(?:\d{4}年|今年)?年底前|上半年|每季度末|每月底前)"
)
YEARLY = re.compile("每年|全年")
ANNUAL_REPORT = "政府信息公开工作年度报告"
REPORT_CLAUSE = re.compile(rf"，并(?=[^，。]*{ANNUAL_REPORT})")
SENDS_IN = re.compile("报送|上报|稿件|投稿")
SENTENCE = re.compile(r"[^。；]+[。；]?")


@dataclass(frozen=True)
class NoticeRow:
    heading: str
    requirement: str
    deadline_as_written: str
    due_on: date | None
    recurrence: str
    recurrence_day: int | None
    target_count: int | None


def addressees(paragraphs, known=lambda name: False):
    """Return the addressees that the salutation of the notice names."""
    for line in paragraphs:
        match = SALUTATION.match(compact(line))
        if (
            match
            and not numerals.heading_level(line)
            and BINDS.search(match["names"] + "各部门" * ("部门" in match["names"]))
        ):
            return split(match["names"], known)
    return []


def read_notice(paragraphs, year):
    """Return the requirements of a notice in a plan of `year`, in order; none where it has no numbered paragraphs."""
    rows = []
    for line in paragraphs:
        text = line.strip()
        heading, mark, body = text.partition("。")
        if numerals.heading_level(text) != 0 or not mark or not body:
            continue
        for sentence in SENTENCE.findall(body):
            for clause in _clauses(sentence.strip()):
                row = _row(heading, clause, year, bound=_binds(sentence))
                if row:
                    rows.append(row)
    return rows


def _binds(sentence):
    return bool(BINDS.search(sentence[:30]))


def _clauses(sentence):
    """Split off the clause about the annual report, which has a deadline of its own."""
    parts = REPORT_CLAUSE.split(sentence)
    return [part if part.endswith(("。", "；")) else f"{part}。" for part in parts if part.strip("。； ")]


def _row(heading, clause, year, *, bound):
    if ENCOURAGES.match(clause):
        return _made(heading, clause, ongoing=True) if SENDS_IN.search(clause) else None
    if not bound:
        return None
    if ANNUAL_REPORT in clause:
        return _made(heading, clause, due_on=date(year + 1, 1, 31))
    count, _ = target_count(clause)
    found = DEADLINE.search(clause)
    deadline = read_deadline(found["deadline"], year) if found else None
    if deadline is not None:
        return NoticeRow(
            heading,
            clause,
            found["deadline"],
            deadline.due_on,
            deadline.recurrence,
            deadline.recurrence_day,
            count,
        )
    if count and YEARLY.search(clause):
        return NoticeRow(heading, clause, YEARLY.search(clause)[0], date(year, 12, 31), "", None, count)
    return None


def _made(heading, clause, *, due_on=None, ongoing=False):
    return NoticeRow(heading, clause, "", due_on, "ongoing" if ongoing else "", None, None)
