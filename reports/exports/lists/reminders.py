"""Reminders sent by hand (催办) as Excel files: by reminder, and by duty with what was answered."""

from tasks.choices import Grade, ReminderState
from tasks.models import ProgressReport, ReminderAnswer
from wenshang_disclosure.core.office.xlsx import DAY, MOMENT, stream_table

from .lists import BATCH_ROWS, heading, in_batches

REMINDER_COLUMNS = [
    ("年度", 7),
    ("等级", 7),
    ("编号", 16),
    ("时间", 17, MOMENT),
    ("催办方", 22),
    ("催办人", 12),
    ("催办内容", 60),
    ("答复期限", 12, DAY),
    ("事项", 7),
    ("单位", 7),
    ("已阅知", 8),
    ("已回复", 8),
    ("未回复", 8),
    ("逾期未回复", 11),
    ("撤销原因", 30),
]


def reminders(rows, scope):
    """Write reminders that are `listed`, in the given order."""
    lines = (_reminder_row(one) for one in rows.iterator(chunk_size=BATCH_ROWS))
    return stream_table("催办", heading(scope), REMINDER_COLUMNS, lines)


def _reminder_row(one):
    return [
        one.plan.year,
        one.get_grade_display(),
        one.mark if one.number else "",
        one.at,
        one.sender,
        str(one.by),
        one.first_words or one.text,
        one.answer_by,
        one.duties,
        one.units,
        one.seen,
        one.answered,
        one.open,
        one.overdue,
        one.withdrawn_why,
    ]


ITEM_COLUMNS = [
    ("年度", 7),
    ("等级", 7),
    ("编号", 16),
    ("催办时间", 17, MOMENT),
    ("催办方", 22),
    ("被催单位", 26),
    ("序号", 6),
    ("部分", 18),
    ("具体要求", 50),
    ("单位看到的内容", 50),
    ("答复期限", 12, DAY),
    ("阅知时间", 17, MOMENT),
    ("回复情况", 12),
    ("回复时间", 17, MOMENT),
    ("是否逾期回复", 12),
    ("报送的进展", 50),
    ("书面答复", 50),
]


def reminder_items(rows, scope):
    """Write items that are `listed`, in the given order."""
    lines = (line for batch in in_batches(rows) for line in _item_rows(batch))
    return stream_table("催办事项", heading(scope), ITEM_COLUMNS, lines)


def _item_rows(items):
    texts = dict(ProgressReport.objects.filter(pk__in=[item.report for item in items]).values_list("pk", "text"))
    said = {}
    for answer in ReminderAnswer.objects.filter(item__in=[item.pk for item in items]):
        said.setdefault(answer.item_id, []).append(answer.text)
    return [_item_row(item, texts.get(item.report, ""), "\n".join(said.get(item.pk, ()))) for item in items]


def _item_row(item, report, words):
    reminder, duty = item.reminder, item.assignment
    return [
        reminder.plan.year,
        Grade(reminder.grade).label,
        reminder.mark if reminder.number else "",
        reminder.at,
        reminder.sender,
        duty.unit.name,
        duty.task.number,
        duty.task.section.part.heading,
        duty.task.requirement,
        item.words,
        reminder.answer_by,
        item.seen_at,
        ReminderState(item.state).label,
        item.answered_at,
        "是" if item.is_late else "",
        report,
        words,
    ]
