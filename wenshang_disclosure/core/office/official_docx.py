"""Layout of official documents (GB/T 9704): margins, page numbers, title, headings, body, signature."""

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

MARGINS_MM = (37, 35, 28, 26)  # top, bottom, left, right
WIDTH_MM = 156  # between the margins of A4
TITLE_POINTS, BODY_POINTS, PAGE_NUMBER_POINTS = 22, 16, 14  # 二号, 三号, 四号
LINE_POINTS, TITLE_LINE_POINTS = 28, 36  # line spacing
FOOTER_MM = 24  # from the paper's edge: page numbers are 7 mm below the text
PAGE_NUMBER_FACE = "宋体"


def official_document():
    """Return a new official document: A4 portrait, with page numbers at the outer side."""
    made = document(A4, landscape=False)
    page = made.sections[0]
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(Mm, MARGINS_MM)
    page.footer_distance = Mm(FOOTER_MM)
    made.settings.odd_and_even_pages_header_footer = True
    _number(page.footer, RIGHT)
    _number(page.even_page_footer, LEFT)
    return made


def title(made, text):
    """Add the title."""
    return _set(add_line(made, text, size=TITLE_POINTS, face=TITLE_FACE, align=CENTRE), TITLE_LINE_POINTS)


def heading(made, text):
    """Add a heading of the first level (一、)."""
    return _indent(_set(add_line(made, text, size=BODY_POINTS, face=HEADING_FACE), keep=True))


def second_heading(made, text):
    """Add a heading of the second level (（一）)."""
    return _indent(_set(add_line(made, text, size=BODY_POINTS, face=SECOND_FACE), keep=True))


def body(made, text, *, indent=True, face=BODY_FACE):
    """Add a body paragraph, its first line indented by two characters."""
    paragraph = _set(add_line(made, text, size=BODY_POINTS, face=face))
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    return _indent(paragraph) if indent else paragraph


def centred(made, text, *, size=BODY_POINTS):
    """Add a centred line."""
    return _set(add_line(made, text, size=size, align=CENTRE))


def signature(made, *lines):
    """Add the lines of the signature (issuer and date), indented by four characters from the right."""
    for line in lines:
        paragraph = _set(add_line(made, line, align=RIGHT))
        paragraph.paragraph_format.right_indent = Pt(4 * BODY_POINTS)
        paragraph.paragraph_format.keep_with_next = line != lines[-1]


def annex(made, number, text):
    """Start an annex on a new page with its number and title."""
    mark = _set(add_line(made, f"附件{number}", face=HEADING_FACE))
    mark.paragraph_format.page_break_before = True
    return title(made, text)


def _set(paragraph, line=LINE_POINTS, *, keep=False):
    properties = paragraph.paragraph_format
    properties.line_spacing_rule, properties.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    properties.keep_with_next = keep
    return paragraph


def _indent(paragraph):
    paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_POINTS)
    return paragraph


def _number(footer, side):
    """Write the page number as — 1 — at the outer side, indented by one character."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.clear()
    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, side.upper())
    properties = paragraph.paragraph_format
    properties.left_indent = properties.right_indent = Pt(PAGE_NUMBER_POINTS)
    for kind, text in (("", "— "), ("begin", ""), ("", "PAGE"), ("end", ""), ("", " —")):
        run = paragraph.add_run()
        set_face(run._element.get_or_add_rPr(), PAGE_NUMBER_FACE, PAGE_NUMBER_POINTS, latin=PAGE_NUMBER_FACE)
        if kind:
            element("w:fldChar", run._element, fldCharType=kind)
        elif text == "PAGE":
            element("w:instrText", run._element).text = text
        else:
            run.text = text
