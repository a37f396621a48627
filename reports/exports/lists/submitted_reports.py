"""The submitted reports as an Excel file: the rows of the page."""

from reports.tables import state_in_words
from wenshang_disclosure.core.office.xlsx import MOMENT, stream_table

from .lists import BATCH_ROWS, heading

COLUMNS = [
    ("报送时间", 17, MOMENT),
    ("填报单位", 22),
    ("序号", 6),
    ("部分", 18),
    ("具体要求", 45),
    ("类型", 10),
    ("填报方式", 24),
    ("审核情况", 10),
    ("进展情况", 60),
    ("存在问题", 30),
    ("下步措施", 30),
]


def submitted(reports, scope):
    """Write reports that are `submitted_by` a day and `for_lists`, in the given order; return the open file."""
    rows = (_row(report) for report in reports.iterator(chunk_size=BATCH_ROWS))
    return stream_table("报送情况", heading(scope), COLUMNS, rows)


def _row(report):
    task = report.assignment.task
    return [
        report.submitted_at,
        report.assignment.unit.name,
        task.number,
        task.section.part.heading,
        task.requirement,
        "申报办结" if report.claims_completion else "一般进展",
        report.how_entered,
        state_in_words(report.state),
        report.text,
        report.obstacles,
        report.next_steps,
    ]
