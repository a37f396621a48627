"""Inspection of Word, Excel, PowerPoint and OFD files: intact archives without macros or other active content.

An Office file is inspected part by part, whatever the folders and names of its parts. What a part is follows from its
content type, from its relationships and from its content; where it leads follows from its relationships and fields.
What is refused, marked and let through is listed in docs/files.md.
"""

import io
import itertools
import zipfile
from contextlib import contextmanager

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.office.signatures import PROGRAM_HEADS
from wenshang_disclosure.core.web.errors import Refused, Unreadable

from . import formulas, ole
from .content import CHUNK, Scanner, looks_like_xml, scan
from .kinds import ARCHIVE_INSIDE, PROGRAMS, WITH_ATTACHMENT, Mismatch, ending_of, is_looked_into
from .limits import DOCUMENT, named_inside, pieces
from .packages import TYPES, Package

CONTROLS = "“{name}”含有 ActiveX 控件，不能上传。请去掉后重新上传。"
PAGE = "“{name}”中嵌入了网页或脚本，不能上传。请去掉后重新上传。"
MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet", "vbadata", "jsproject")
MACRO_KINDS = {
    "vbaproject",
    "wordvbadata",
    "xlmacrosheet",
    "xlintlmacrosheet",
    "macrosheet",
    "jsproject",
    "jdeextension",
}
CONTROL_KINDS = {"control", "activexcontrolbinary"}
CHUNK_KIND = "afchunk"
PAGE_TYPES = ("text/html", "message/rfc822", "application/xhtml", "javascript", "vbscript", "x-msdownload")
LINK_TYPES = {
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink",
}
OFTEN_IN_PARTS = {"bin", "svg", "com"}  # not by their names alone
MAX_EMBEDDED_BYTES = 50 * 1024 * 1024
OFD = "{http://www.ofdspec.org/2016}OFD"


def inspect(upload, name, which, limits):
    """Return the marks of a file whose main part has a type with `which` in it. Raises `Mismatch` or `Refused`."""
    with _opened(upload, DOCUMENT, limits) as archive:
        package = Package(archive)
        marks = _marks_of_parts(archive, package, name, limits)
        if which not in package.type_of(package.main):
            raise Mismatch
        return marks


def inspect_any(upload, name, limits):
    """Return the marks of an Office file of whatever kind. Raises `Mismatch` or `Refused`."""
    return inspect(upload, name, "", limits)


def inspect_ofd(upload, name, which, limits):
    """Return the marks of an OFD file (GB/T 33190). Raises `Mismatch` or `Refused`."""
    with _opened(upload, DOCUMENT, limits) as archive:
        root = archives.parsed(archive, "OFD.xml")
        if root is None or root.tag != OFD:
            raise Mismatch
        marks = []
        for entry in archive.infolist():
            part = entry.filename.lower()
            marks += _marks_of_part(archive, entry, part, "", name, limits, Scanner(name))
            if part.endswith("attachments.xml"):
                marks.append(WITH_ATTACHMENT)
        return marks


@contextmanager
def _opened(upload, level, limits):
    upload.seek(0)
    try:
        with zipfile.ZipFile(archives.LimitedReader(upload)) as archive, limits.opening(archive, level):
            archives.refuse_dtd(archive)
            yield archive
    except (*archives.BROKEN, Unreadable):
        raise Mismatch from None


def _marks_of_parts(archive, package, name, limits):
    _refuse_types(package, name)
    for each in itertools.chain(*package.relationships.values()):
        _refuse_kind(each, name)
    if _has(package, PAGE_TYPES):
        raise Refused(PAGE.format(name=name))
    marks, references = [], {}
    for part, entry in package.parts.items():
        leads_out = any(each.is_external for each in package.relationships.get(part, ()))
        scanner = Scanner(name, wants_references=leads_out)
        marks += _marks_of_part(archive, entry, part, package.type_of(part), name, limits, scanner)
        references[part] = scanner.references
    for part, relationships in package.relationships.items():
        for each in relationships:
            marks += _marks_of_relationship(each, name, references.get(part, ()))
    return marks


def _refuse_types(package, name):
    """Raise `Refused` for macros and controls, by the types that the file declares and the names of parts."""
    if any(map(archives.is_macro_part, package.parts)) or _has(package, MACRO_TYPES):
        raise Refused(ole.MACROS.format(name=name))
    if any("/activex/" in part for part in package.parts) or _has(package, ("activex",)):
        raise Refused(CONTROLS.format(name=name))


def _has(package, words):
    return any(word in said for said in package.declared_types for word in words)


def _refuse_kind(each, name):
    """Raise `Refused` for macros, controls and chunks, by the relationship that leads to them."""
    if each.kind in MACRO_KINDS:
        raise Refused(ole.MACROS.format(name=name))
    if each.kind in CONTROL_KINDS:
        raise Refused(CONTROLS.format(name=name))
    if each.kind == CHUNK_KIND:
        raise Refused(CHUNK.format(name=name))


def _marks_of_relationship(each, name, references):
    """Return the marks of what lies outside. Raises `Refused` for what is read from the network on opening.

    `references` are the ids used for something else than links to click on.
    """
    if not each.is_external:
        return ()
    if each.type in LINK_TYPES and each.id not in references:
        return formulas.marks_of_hyperlink(each.target, name)
    return formulas.marks_of_reading([each.target], name)


def _marks_of_part(archive, entry, part, content_type, name, limits, scanner):
    """Read one part to its end, and return its marks. Raises `Mismatch` or `Refused`."""
    if ending_of(part) in PROGRAMS - OFTEN_IN_PARTS:
        raise Refused(ole.PROGRAM.format(name=name))
    content = pieces(archive, entry, limits)
    head = next(content, b"")
    content = itertools.chain([head] if head else [], content)
    is_xml = part == TYPES or content_type.endswith("xml") or ending_of(part) in {"xml", "rels", "svg"}
    if not is_xml and is_looked_into(head, ()):
        return _marks_inside(content, entry, name, limits)
    if head.startswith(PROGRAM_HEADS) and b"\x00" in head:
        raise Refused(ole.PROGRAM.format(name=name))
    if is_xml or looks_like_xml(head):
        _scan(content, scanner, part, content_type, is_xml)
    for _ in content:  # to the end, where its sum is checked
        pass
    return scanner.marks


def _scan(content, scanner, part, content_type, is_xml):
    """Look through a part that is XML or only looks like it. Raises `Mismatch` if it is damaged, and `Refused`."""
    is_drawing = ending_of(part) == "vml" or "vmldrawing" in content_type  # of old versions, which write faults
    try:
        scan(content, scanner, is_lenient=is_drawing)
    except Mismatch:
        if is_xml and not is_drawing:
            raise


def _marks_inside(content, entry, name, limits):
    """Return the marks of a document, archive or object in a part."""
    if entry.file_size > MAX_EMBEDDED_BYTES:
        return (ARCHIVE_INSIDE,)
    whole = io.BytesIO(b"".join(content))
    return limits.inspect_inside(whole, named_inside(name, entry.filename), (), limits)
