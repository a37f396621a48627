"""Supervision notice (督办通知单) of a reminder as .docx: one page per unit, with a reply slip."""

from itertools import groupby

from reports.exports.lists.lists import DEMO
from tasks.choices import Light
from tasks.templatetags.lights import light_in_words
from wenshang_disclosure.core.office.docx import (
    A4,
    BODY_FACE,
    CENTRE,
    HEADING_FACE,
    LEFT,
    RIGHT,
    TITLE_FACE,
    Cell,
    add_line,
    add_table,
    document,
    saved,
)

WIDTHS_MM = (12, 66, 22, 26, 30)
HEADS = ("序号", "具体要求", "职责", "完成时限", "办理情况")
SLIP_WIDTHS_MM = (40, 116)


def notice(reminder, duties, words):
    """Write the notice of a reminder for its duties (with lights, sorted by unit); return the open file.

    `words` is what each unit reads, by its duties: `{duty id: text}`.
    """
    made = document(A4, landscape=False)
    for number, (unit, own) in enumerate(groupby(duties, key=lambda duty: duty.unit)):
        own = list(own)
        title = _page(made, reminder, unit, own, words[own[0].pk])
        title.paragraph_format.page_break_before = number > 0  # a separate break may add an empty page
    return saved(made)


def _page(made, reminder, unit, duties, words):
    title = add_line(made, f"{reminder.get_grade_display()}通知单", size=22, face=TITLE_FACE, align=CENTRE, after=6)
    add_line(made, f"〔{reminder.year}〕{reminder.number}号", size=14, align=CENTRE, after=12)
    if reminder.plan.has_demo_activity:
        add_line(made, DEMO, size=10.5, align=CENTRE, after=6)
    add_line(made, f"{unit.name}：", after=6)
    for line in words.removeprefix(f"{unit.name}：").split("\n"):
        add_line(made, f"　　{line}", after=6)
    add_line(made, f"　　所涉《{reminder.plan.title}》事项共{len(duties)}件：", after=6)
    rows = [[Cell(text, align=CENTRE, face=HEADING_FACE) for text in HEADS]]
    rows += [_row(duty) for duty in duties]
    add_table(made, rows, WIDTHS_MM)
    if reminder.answer_by:
        day = reminder.answer_by
        add_line(made, f"　　请于{day.year}年{day.month}月{day.day}日前在系统中报送进展或者书面答复。", after=6)
    add_line(made, "", size=10.5)
    add_line(made, reminder.sender, align=RIGHT)
    add_line(made, f"{reminder.on.year}年{reminder.on.month}月{reminder.on.day}日", align=RIGHT, after=12)
    heading = add_line(made, "回　　执", size=16, face=HEADING_FACE, align=CENTRE, after=6)
    heading.paragraph_format.keep_with_next = True
    slip = [
        [Cell(label, align=CENTRE), Cell("", align=LEFT)]
        for label in ("收到时间", "办理情况", "预计完成时间", "经办人及电话")
    ]
    add_table(made, slip, SLIP_WIDTHS_MM, heads=0)
    return title


def _row(duty):
    due = f"{duty.due_on:%Y-%m-%d}" if duty.due_on else "长期坚持"
    status = light_in_words(duty)
    if duty.light == Light.OVERDUE:
        status = status.replace(Light.OVERDUE.label, f"逾期{duty.days_overdue}天", 1)
    texts = (str(duty.task.number), duty.task.requirement, duty.get_role_display(), due, status)
    return [Cell(text, align=LEFT if place == 1 else CENTRE, face=BODY_FACE) for place, text in enumerate(texts)]
