"""Rendering of Word templates with plain data."""

import tempfile

from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml import etree

from wenshang_disclosure.core.office.docx import plain
from wenshang_disclosure.core.web.errors import Refused

from .template_language import PlainData

FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
STRAY_TEXTS = etree.XPath(
    "//text()[normalize-space() and (parent::w:body or parent::w:tbl or parent::w:tr or parent::w:tc or parent::w:p"
    " or parent::w:r)]",
    namespaces={"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"},
)
OUTDATED = "“{kind}”的模板已不能使用，请办公室到“文件模板”页重新上传，或恢复使用系统自带模板。"


class Misplaced(ValueError):
    """A field is at a position where Word displays no text."""


class WordTemplate(DocxTemplate):
    """A template that renders values unchanged and leaves the document properties alone."""

    def render_xml_part(self, src_xml, part, context, jinja_env=None):
        """Render one part."""
        return self.resolve_listing(jinja_env.from_string(src_xml).render(context))

    def render_properties(self, context, jinja_env=None):
        """Do nothing: keep author and title."""

    def sources(self):
        """Yield the template source of each part."""
        self.init_docx()
        yield self.patch_xml(self.get_xml())
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _, part in self.get_headers_footers(uri):
                yield self.patch_xml(self.get_part_xml(part))
        for part in self.docx.part.package.iter_parts():
            if part.content_type == FOOTNOTES:
                yield self.patch_xml(part.blob.decode("utf-8"))


def fill(file, data):
    """Render the template in an open file with plain data; return an open file, at its beginning.

    Raises the exceptions of Jinja2, and `Misplaced`.
    """
    template = WordTemplate(file)
    template.render(cleaned(data), PlainData())
    _refuse_misplaced(template.docx.element)
    made = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
    template.docx.save(made)
    made.seek(0)
    return made


def filled(template, kind, data):
    """Render the template in use. Raises `Refused` if it refers to fields that no longer exist."""
    try:
        return fill(template, data)
    except (TemplateError, Misplaced, TypeError, ValueError, etree.XMLSyntaxError) as fault:
        raise Refused(OUTDATED.format(kind=kind.label)) from fault


def cleaned(data):
    """Return plain data with texts without characters invalid in XML."""
    if isinstance(data, dict):
        return {name: cleaned(value) for name, value in data.items()}
    if isinstance(data, list):
        return [cleaned(value) for value in data]
    return plain(data) if isinstance(data, str) else data


def _refuse_misplaced(root):
    stray = STRAY_TEXTS(root)
    if stray:
        raise Misplaced(stray[0].strip()[:30])
