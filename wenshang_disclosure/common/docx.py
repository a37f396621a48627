"""Word files in the look of official documents: faces, page, and tables with merged cells."""

import datetime as dt
import tempfile
from typing import NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree

from .xlsx import LINE_END, NOT_IN_XML

TITLE_FACE, BODY_FACE, HEADING_FACE = "方正小标宋简体", "仿宋_GB2312", "黑体"
LATIN_FACE = "Times New Roman"
# What stands in for a face on a computer that does not have it.
STAND_INS = {TITLE_FACE: "方正小标宋_GBK,华文中宋,宋体", BODY_FACE: "仿宋,华文仿宋", HEADING_FACE: "SimHei"}
CENTRE, LEFT, RIGHT = "center", "left", "right"
RESTART, CONTINUE = "restart", "continue"
TWIPS_A_MM = 56.7
A4, A3 = (210, 297), (297, 420)  # mm
MARGINS = (28, 22, 26, 26)  # mm: top, bottom, left, right of a page across


class Cell(NamedTuple):
    """One cell: its text (lines become paragraphs), how many columns it spans, whether it is merged downwards."""

    text: str = ""
    span: int = 1
    merge: str = ""
    align: str = LEFT
    face: str = BODY_FACE
    bold: bool = False


def document(paper=A4, *, landscape=True):
    """Begin a document on that paper."""
    made = Document()
    page = made.sections[0]
    short, long = map(Mm, paper)
    page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = (long, short) if landscape else (short, long)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(Mm, MARGINS)
    _set_face(made.styles["Normal"].element.get_or_add_rPr(), BODY_FACE, 12)
    _write_in_chinese(made)
    _number_pages(page)
    _sign(made)
    return made


def add_line(made, text, *, size=16, face=BODY_FACE, align=LEFT, bold=False, after=0):
    """Add a paragraph of one look; `size` and `after` in points."""
    paragraph = made.add_paragraph()
    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    paragraph.paragraph_format.space_after, paragraph.paragraph_format.space_before = Pt(after), Pt(0)
    run = paragraph.add_run(plain(text))
    run.bold = bold
    _set_face(run._element.get_or_add_rPr(), face, size)
    return paragraph


def add_table(made, rows, widths, *, size=10.5, heads=1):
    """Add a table; `rows` are lists of `Cell`, `widths` in mm, the first `heads` rows stand on every page."""
    table = _element("w:tbl")
    table.append(_table_look(widths))
    grid = _element("w:tblGrid")
    for width in widths:
        grid.append(_element("w:gridCol", w=_twips(width)))
    table.append(grid)
    for number, cells in enumerate(rows):
        table.append(_row(cells, widths, size, is_head=number < heads))
    made.element.body.insert(len(made.element.body) - 1, table)
    return table


def saved(made):
    """Write the document to a temporary file and give it open, at its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
    made.save(file)
    file.seek(0)
    return file


def plain(text):
    """Give the text without what XML cannot carry; its lines end in one way: LibreOffice shows no table else."""
    return LINE_END.sub("\n", NOT_IN_XML.sub("", text))


def _element(tag, parent=None, /, **attributes):
    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    if parent is not None:
        parent.append(made)
    return made


def _twips(mm):
    return round(mm * TWIPS_A_MM)


def _set_face(properties, face, size):
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = _element("w:rFonts")
        properties.insert(0, fonts)
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN_FACE)
    fonts.set(qn("w:eastAsia"), face)
    for name in ("w:sz", "w:szCs"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
        _element(name, properties, val=round(size * 2))


def _table_look(widths):
    look = _element("w:tblPr")
    _element("w:tblW", look, w=_twips(sum(widths)), type="dxa")
    _element("w:jc", look, val="center")
    borders = _element("w:tblBorders", look)
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        _element(f"w:{side}", borders, val="single", sz=4, space=0, color="000000")
    _element("w:tblLayout", look, type="fixed")
    margins = _element("w:tblCellMar", look)
    for side in ("left", "right"):
        _element(f"w:{side}", margins, w=70, type="dxa")
    return look


def _row(cells, widths, size, *, is_head):
    row = _element("w:tr")
    look = _element("w:trPr", row)
    _element("w:cantSplit", look)
    if is_head:
        _element("w:tblHeader", look)
    column = 0
    for cell in cells:
        row.append(_cell(cell, sum(widths[column : column + cell.span]), size))
        column += cell.span
    return row


def _cell(cell, width, size):
    made = _element("w:tc")
    look = _element("w:tcPr", made)
    _element("w:tcW", look, w=_twips(width), type="dxa")
    if cell.span > 1:
        _element("w:gridSpan", look, val=cell.span)
    if cell.merge:
        _element("w:vMerge", look, **({"val": RESTART} if cell.merge == RESTART else {}))
    _element("w:vAlign", look, val=CENTRE)
    for line in plain(cell.text).split("\n"):
        _paragraph(made, line, cell, size)
    return made


def _paragraph(parent, text, cell, size):
    paragraph = _element("w:p", parent)
    look = _element("w:pPr", paragraph)
    if cell.span > 1:  # a heading does not stay behind at the foot of a page
        _element("w:keepNext", look)
    _element("w:spacing", look, before=40, after=40)
    _element("w:jc", look, val=cell.align)
    if not text:
        return
    run = _element("w:r", paragraph)
    properties = _element("w:rPr", run)
    if cell.bold:
        _element("w:b", properties)
    _set_face(properties, cell.face, size)
    words = _element("w:t", run)
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _write_in_chinese(made):
    """Say that the text is Chinese, so that marks look as in China, and which faces stand in for those missing."""
    for lang in made.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    for lang in made.settings.element.iter(qn("w:themeFontLang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    part = made.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = etree.fromstring(part.blob)  # noqa: S320, the library's own template
    for face, others in STAND_INS.items():
        _element("w:altName", _element("w:font", fonts, name=face), val=others)
    part._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)


def _sign(made):
    """Take out what the library's template says of its own author and day."""
    about = made.core_properties
    about.author = about.comments = ""
    about.created = about.modified = dt.datetime.now(dt.UTC)


def _number_pages(page):
    paragraph = page.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind:
            _element("w:fldChar", run._element, fldCharType=kind)
        else:
            _element("w:instrText", run._element).text = text
