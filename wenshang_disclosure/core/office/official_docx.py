"""The layout of official documents on paper (GB/T 9704): margins, page numbers, title, headings, body, signature."""

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.shared import Mm, Pt

from .docx import (
    A4,
    BODY_FACE,
    CENTRE,
    HEADING_FACE,
    LEFT,
    RIGHT,
    SECOND_FACE,
    TITLE_FACE,
    add_line,
    document,
    element,
    set_face,
)

MARGINS = (37, 35, 28, 26)  # mm: top, bottom, left, right
WIDTH = 156  # mm between the margins of A4
TITLE, BODY, PAGE_NUMBER = 22, 16, 14  # points: 二号, 三号, 四号
LINE, TITLE_LINE = 28, 36  # points from line to line
FOOT = 24  # mm from the paper's edge, so that numbers stand 7 mm below the text
NUMBER_FACE = "宋体"


def official_document():
    """Begin an official document: A4 upright, with page numbers outside."""
    made = document(A4, landscape=False)
    page = made.sections[0]
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(Mm, MARGINS)
    page.footer_distance = Mm(FOOT)
    made.settings.odd_and_even_pages_header_footer = True
    _number(page.footer, RIGHT)
    _number(page.even_page_footer, LEFT)
    return made


def title(made, text):
    """Add the title."""
    return _set(add_line(made, text, size=TITLE, face=TITLE_FACE, align=CENTRE), TITLE_LINE)


def heading(made, text):
    """Add a heading of the first level (一、)."""
    return _indent(_set(add_line(made, text, size=BODY, face=HEADING_FACE), keep=True))


def second_heading(made, text):
    """Add a heading of the second level (（一）)."""
    return _indent(_set(add_line(made, text, size=BODY, face=SECOND_FACE), keep=True))


def body(made, text, *, indent=True, face=BODY_FACE):
    """Add a paragraph of the text, its first line two characters in."""
    paragraph = _set(add_line(made, text, size=BODY, face=face))
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    return _indent(paragraph) if indent else paragraph


def centred(made, text, *, size=BODY):
    """Add a line in the middle."""
    return _set(add_line(made, text, size=size, align=CENTRE))


def signature(made, *lines):
    """Add who issues it and when, four characters from the right."""
    for line in lines:
        paragraph = _set(add_line(made, line, align=RIGHT))
        paragraph.paragraph_format.right_indent = Pt(4 * BODY)
        paragraph.paragraph_format.keep_with_next = line != lines[-1]


def annex(made, number, text):
    """Begin an annex on a new page: its number, and its title."""
    mark = _set(add_line(made, f"附件{number}", face=HEADING_FACE))
    mark.paragraph_format.page_break_before = True
    return title(made, text)


def _set(paragraph, line=LINE, *, keep=False):
    properties = paragraph.paragraph_format
    properties.line_spacing_rule, properties.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    properties.keep_with_next = keep
    return paragraph


def _indent(paragraph):
    paragraph.paragraph_format.first_line_indent = Pt(2 * BODY)
    return paragraph


def _number(footer, side):
    """Write — 1 — at the outer side, one character in."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.clear()
    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, side.upper())
    properties = paragraph.paragraph_format
    properties.left_indent = properties.right_indent = Pt(PAGE_NUMBER)
    for kind, text in (("", "— "), ("begin", ""), ("", "PAGE"), ("end", ""), ("", " —")):
        run = paragraph.add_run()
        set_face(run._element.get_or_add_rPr(), NUMBER_FACE, PAGE_NUMBER, latin=NUMBER_FACE)
        if kind:
            element("w:fldChar", run._element, fldCharType=kind)
        elif text == "PAGE":
            element("w:instrText", run._element).text = text
        else:
            run.text = text
