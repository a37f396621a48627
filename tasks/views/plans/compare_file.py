"""The comparison of two plans as an Excel file: a line for each row of either plan."""

from tasks.choices import DutyRole
from wenshang_disclosure.core.office.xlsx import Column, stream_table

COLUMNS = [
    Column("变化", 9),
    Column("有变化的内容", 16),
    Column("年度", 7),
    Column("序号", 6),
    Column("工作任务", 22),
    Column("具体要求", 55),
    Column("牵头部门", 22),
    Column("责任单位", 28),
    Column("完成时限", 14),
    Column("应办", 7),
    Column("办结", 7),
    Column("逾期", 7),
    Column("退回", 7),
]


def write(comparison, as_of):
    """Write the lines that `comparison` shows; return the open file."""
    notes = [f"{comparison.old.title}　{comparison.new.title}　截至{as_of:%Y-%m-%d}", in_words(comparison)]
    rows = (_row(pair, label, line) for pair, label, lines in comparison.shown for line in lines)
    return stream_table("两年对照", notes, COLUMNS, rows)


def in_words(comparison):
    """Return how many rows changed in which way, as one sentence."""
    return "，".join(f"{label}{number}项" for _, label, number in comparison.counts) + "。"


def _row(pair, label, line):
    task, result = line.task, line.result
    cells = ["\n".join(name.text for name in task.designated(role)) for role in (DutyRole.LEAD, DutyRole.RESPONSIBLE)]
    numbers = [result.owed, result.done, result.late, result.returned] if result else [None] * 4
    words = [label, "、".join(pair.changes), line.plan.year, task.number, task.section.heading, task.requirement]
    return [*words, *cells, task.deadline_in_words, *numbers]
