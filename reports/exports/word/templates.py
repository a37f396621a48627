"""Word files made from a template: read what it says, fill it with plain data."""

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
    """A field was put where Word shows no text."""


class WordTemplate(DocxTemplate):
    """A template whose values come out to the letter, and whose properties are left alone."""

    def render_xml_part(self, src_xml, part, context, jinja_env=None):
        """Fill in one part."""
        return self.resolve_listing(jinja_env.from_string(src_xml).render(context))

    def render_properties(self, context, jinja_env=None):
        """Leave author and title as they are."""

    def sources(self):
        """Return what the template says, part by part, as the template language reads it."""
        self.init_docx()
        yield self.patch_xml(self.get_xml())
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            for _, part in self.get_headers_footers(uri):
                yield self.patch_xml(self.get_part_xml(part))
        for part in self.docx.part.package.iter_parts():
            if part.content_type == FOOTNOTES:
                yield self.patch_xml(part.blob.decode("utf-8"))


def fill(file, data):
    """Fill the template in an open file with plain data; return an open file, at its beginning.

    Raises what the template language raises, and `Misplaced`.
    """
    template = WordTemplate(file)
    template.render(cleaned(data), PlainData())
    _refuse_misplaced(template.docx.element)
    made = tempfile.TemporaryFile()  # noqa: SIM115, closed by the response that sends it
    template.docx.save(made)
    made.seek(0)
    return made


def filled(template, kind, data):
    """Fill the template in use. Raises `Refused` where it says what is known no more."""
    try:
        return fill(template, data)
    except (TemplateError, Misplaced, TypeError, ValueError, etree.XMLSyntaxError) as fault:
        raise Refused(OUTDATED.format(kind=kind.label)) from fault


def cleaned(data):
    """Return plain data whose texts an XML file can carry."""
    if isinstance(data, dict):
        return {name: cleaned(value) for name, value in data.items()}
    if isinstance(data, list):
        return [cleaned(value) for value in data]
    return plain(data) if isinstance(data, str) else data


def _refuse_misplaced(root):
    stray = STRAY_TEXTS(root)
    if stray:
        raise Misplaced(stray[0].strip()[:30])
