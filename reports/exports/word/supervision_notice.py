"""Supervision notice (督办通知单) of a reminder as .docx: a page per unit, two at most, with a receipt slip."""

import io
from itertools import groupby

import segno
from django.conf import settings
from docx.enum.section import WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm

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
    element,
    saved,
    twips,
)
from wenshang_disclosure.core.region import current
from wenshang_disclosure.core.web.links import address_of_page

from .bulletin_words import in_words

WIDTHS_MM = (10, 74, 12, 28, 32)
HEADS = ("序号", "具体要求", "职责", "完成时限", "办理情况")
SMALL_POINTS, SMALL_LINE_POINTS = 9, 11
ALL_CHARS, MIN_CHARS = 400, 22
"""Of all requirements on a page together, and of each: the duty's page has the whole."""
SLIP = (
    ("签收单位", 9),
    ("签收人及电话", 11),
    ("签收时间", 11),
    ("办理情况", 20),
    ("预计完成时间", 11),
    ("负责人签字", 14),
)
"""Lines of the slip with their height in mm, which leaves room for handwriting."""
SLIP_WIDTHS_MM = (30, 92, 34)
QR_MM = 27


def notice(reminder, duties, words):
    """Write the notice of a reminder for its duties (with lights, sorted by unit); return the open file.

    `words` is what each unit reads, by its duties: `{duty id: text}`.
    """
    made = document(A4, landscape=False)
    for number, (unit, own) in enumerate(groupby(duties, key=lambda duty: duty.unit)):
        own = list(own)
        if number:
            made.add_section(WD_SECTION.NEW_PAGE)
        _page(made, reminder, unit, own, words[own[0].pk])
    for section in made.sections:  # each unit files its own pages, numbered from 1
        for old in section._sectPr.findall(qn("w:pgNumType")):
            section._sectPr.remove(old)
        section._sectPr.find(qn("w:pgMar")).addnext(element("w:pgNumType", start=1))
    return saved(made)


def number_of(reminder):
    """Return the number of a notice as its paper has it: the office's code, the year, the number of the year."""
    return f"{current().code.removesuffix('字')}督〔{reminder.year}〕{reminder.number}号"


def _page(made, reminder, unit, duties, words):
    add_line(made, f"{reminder.get_grade_display()}通知单", size=22, face=TITLE_FACE, align=CENTRE, after=6)
    add_line(made, number_of(reminder), size=14, align=CENTRE, after=10)
    if reminder.plan.has_demo_activity:
        add_line(made, DEMO, size=10.5, align=CENTRE, after=6)
    add_line(made, f"{unit.name}：", after=4)
    for line in words.removeprefix(f"{unit.name}：").split("\n"):
        add_line(made, f"　　{line}", after=4)
    add_line(made, f"　　所涉《{reminder.plan.title}》事项共{len(duties)}件：", after=4)
    rows = [[Cell(text, align=CENTRE, face=HEADING_FACE) for text in HEADS]]
    chars = max(MIN_CHARS, ALL_CHARS // len(duties))
    rows += [_row(duty, chars) for duty in duties]
    add_table(made, rows, WIDTHS_MM, size=SMALL_POINTS, line=SMALL_LINE_POINTS)
    if reminder.answer_by:
        add_line(made, f"　　请于{in_words(reminder.answer_by)}前在系统中报送进展或者书面答复。", after=4)
    _signature(made, reminder)
    _slip(made, reminder, unit, duties)


def _signature(made, reminder):
    """Write issuer and date, below the room that the seal takes."""
    lines = [
        add_line(made, "", size=16),
        add_line(made, "", size=16),
        add_line(made, f"{current().office}（盖章）", align=RIGHT),
        add_line(made, in_words(reminder.on), align=RIGHT, after=8),
    ]
    for line in lines[:-1]:
        line.paragraph_format.keep_with_next = True


def _slip(made, reminder, unit, duties):
    """Write the receipt slip with room for handwriting, and a QR code that opens the duty, or the duties, in hand."""
    heading = add_line(made, f"{number_of(reminder)}回执", size=14, face=HEADING_FACE, align=CENTRE, after=4)
    heading.paragraph_format.keep_with_next = True
    filled = {SLIP[0][0]: unit.name}
    rows = [[Cell(label, align=CENTRE), Cell(filled.get(label, "")), Cell()] for label, _ in SLIP]
    add_table(made, rows, SLIP_WIDTHS_MM, heads=0)
    table = made.tables[-1]
    for row, (_, height) in zip(table.rows, SLIP, strict=True):
        element("w:trHeight", row._tr.get_or_add_trPr(), val=twips(height), hRule="atLeast")
        for paragraph in row._tr.iter(qn("w:pPr")):
            if row is not table.rows[-1]:
                paragraph.insert(0, element("w:keepNext"))
    _code(table.cell(0, 2).merge(table.cell(len(SLIP) - 1, 2)), reminder, duties)


def _code(cell, reminder, duties):
    if not settings.SITE_URL:
        return
    one = len(duties) == 1
    path = address_of_page("tasks:assignment", duties[0].pk) if one else address_of_page("tasks:reminder", reminder.pk)
    picture = io.BytesIO()
    segno.make(f"{settings.SITE_URL}{path}", error="m").save(picture, kind="png", scale=8)
    for more in cell.paragraphs[1:]:
        more._p.getparent().remove(more._p)
    picture.seek(0)
    cell.paragraphs[0].add_run().add_picture(picture, width=Mm(QR_MM))
    cell.add_paragraph("扫码查看事项").alignment = 1


def _row(duty, chars):
    due = in_words(duty.due_on) if duty.due_on else "长期坚持"
    status = light_in_words(duty)
    if duty.light == Light.OVERDUE:
        status = status.replace(Light.OVERDUE.label, f"逾期{duty.days_overdue}天", 1)
    texts = (str(duty.task.number), _cut(duty.task.requirement, chars), duty.get_role_display(), due, status)
    return [Cell(text, align=LEFT if place == 1 else CENTRE, face=BODY_FACE) for place, text in enumerate(texts)]


def _cut(text, chars):
    return text if len(text) <= chars else f"{text[: chars - 1]}…"
