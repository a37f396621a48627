"""Word files in the style of official documents: fonts, page setup, and tables with merged cells."""

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

TITLE_FACE, BODY_FACE, HEADING_FACE, SECOND_FACE = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN_FACE = "Times New Roman"
# Substitutes on computers without the font.
STAND_INS = {
    TITLE_FACE: "方正小标宋_GBK,华文中宋,宋体",
    BODY_FACE: "仿宋,华文仿宋",
    HEADING_FACE: "SimHei",
    SECOND_FACE: "楷体,华文楷体",
}
CENTRE, LEFT, RIGHT = "center", "left", "right"
RESTART, CONTINUE = "restart", "continue"
TWIPS_A_MM = 56.7
A4, A3 = (210, 297), (297, 420)  # mm
MARGINS_MM = (28, 22, 26, 26)  # top, bottom, left, right of a landscape page


class Cell(NamedTuple):
    """A cell: its text (each line becomes a paragraph), the columns it spans, and its vertical merge."""

    text: str = ""
    span: int = 1
    merge: str = ""
    align: str = LEFT
    face: str = BODY_FACE
    bold: bool = False


def document(paper=A4, *, landscape=True):
    """Return a new document with page setup, page numbers and Chinese fonts."""
    made = Document()
    page = made.sections[0]
    short, long = map(Mm, paper)
    page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = (long, short) if landscape else (short, long)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(Mm, MARGINS_MM)
    set_face(made.styles["Normal"].element.get_or_add_rPr(), BODY_FACE, 12)
    _write_in_chinese(made)
    _number_pages(page)
    _reset_properties(made)
    return made


def add_line(made, text, *, size=16, face=BODY_FACE, align=LEFT, bold=False, after=0):
    """Add a paragraph of one style and return it; `size` and `after` are in points."""
    paragraph = made.add_paragraph()
    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    paragraph.paragraph_format.space_after, paragraph.paragraph_format.space_before = Pt(after), Pt(0)
    run = paragraph.add_run(plain(text))
    run.bold = bold
    set_face(run._element.get_or_add_rPr(), face, size)
    return paragraph


def add_table(made, rows, widths, *, size=10.5, heads=1, line=None):
    """Add a table: `rows` are lists of `Cell`, `widths` are in mm, the first `heads` rows repeat on every page.

    `line` is the height of its lines in points, for tables that have to fit a page; it is that of the face without.
    """
    table = element("w:tbl")
    table.append(_table_properties(widths))
    grid = element("w:tblGrid")
    for width in widths:
        grid.append(element("w:gridCol", w=twips(width)))
    table.append(grid)
    for number, cells in enumerate(rows):
        table.append(_row(cells, widths, size, line, is_head=number < heads))
    made.element.body.insert(len(made.element.body) - 1, table)
    return table


def saved(made):
    """Write the document to a temporary file and return it, open at its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
    made.save(file)
    file.seek(0)
    return file


def plain(text):
    """Return the text without characters invalid in XML and with `\\n` line ends, which LibreOffice needs in tables."""
    return LINE_END.sub("\n", NOT_IN_XML.sub("", text))


def element(tag, parent=None, /, **attributes):
    """Return a new element with attributes of the `w` namespace, appended to `parent` if given."""
    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    if parent is not None:
        parent.append(made)
    return made


def twips(mm):
    """Return millimetres in twips, the unit of Word."""
    return round(mm * TWIPS_A_MM)


def set_face(properties, face, size, latin=LATIN_FACE):
    """Set the fonts and the size (points) in run properties."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = element("w:rFonts")
        properties.insert(0, fonts)
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), latin)
    fonts.set(qn("w:eastAsia"), face)
    for name in ("w:sz", "w:szCs"):
        for old in properties.findall(qn(name)):
            properties.remove(old)
        element(name, properties, val=round(size * 2))


def _table_properties(widths):
    properties = element("w:tblPr")
    element("w:tblW", properties, w=twips(sum(widths)), type="dxa")
    element("w:jc", properties, val="center")
    borders = element("w:tblBorders", properties)
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        element(f"w:{side}", borders, val="single", sz=4, space=0, color="000000")
    element("w:tblLayout", properties, type="fixed")
    margins = element("w:tblCellMar", properties)
    for side in ("left", "right"):
        element(f"w:{side}", margins, w=70, type="dxa")
    return properties


def _row(cells, widths, size, line, *, is_head):
    row = element("w:tr")
    properties = element("w:trPr", row)
    element("w:cantSplit", properties)
    if is_head:
        element("w:tblHeader", properties)
    column = 0
    for cell in cells:
        row.append(_cell(cell, sum(widths[column : column + cell.span]), size, line))
        column += cell.span
    return row


def _cell(cell, width, size, line):
    made = element("w:tc")
    properties = element("w:tcPr", made)
    element("w:tcW", properties, w=twips(width), type="dxa")
    if cell.span > 1:
        element("w:gridSpan", properties, val=cell.span)
    if cell.merge:
        element("w:vMerge", properties, **({"val": RESTART} if cell.merge == RESTART else {}))
    element("w:vAlign", properties, val=CENTRE)
    for text in plain(cell.text).split("\n"):
        _paragraph(made, text, cell, size, line)
    return made


def _paragraph(parent, text, cell, size, line):
    paragraph = element("w:p", parent)
    properties = element("w:pPr", paragraph)
    if cell.span > 1:  # keep a heading on the page of what follows
        element("w:keepNext", properties)
    if line:
        element("w:spacing", properties, before=0, after=0, line=round(line * 20), lineRule="exact")
    else:
        element("w:spacing", properties, before=40, after=40)
    element("w:jc", properties, val=cell.align)
    if not text:
        return
    run = element("w:r", paragraph)
    properties = element("w:rPr", run)
    if cell.bold:
        element("w:b", properties)
    set_face(properties, cell.face, size)
    words = element("w:t", run)
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _write_in_chinese(made):
    """Set the language to Chinese, which selects Chinese punctuation glyphs, and the substitutes of missing fonts."""
    for lang in made.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    for lang in made.settings.element.iter(qn("w:themeFontLang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    part = made.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = etree.fromstring(part.blob)  # noqa: S320, the library's own template
    for face, others in STAND_INS.items():
        element("w:altName", element("w:font", fonts, name=face), val=others)
    part._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)


def _reset_properties(made):
    """Remove the author and date of the library's template."""
    about = made.core_properties
    about.author = about.comments = ""
    about.created = about.modified = dt.datetime.now(dt.UTC)


def _number_pages(page):
    paragraph = page.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind:
            element("w:fldChar", run._element, fldCharType=kind)
        else:
            element("w:instrText", run._element).text = text
