"""Checks of an uploaded Word template before it is used."""

import re
import zipfile

from jinja2 import TemplateError, TemplateSyntaxError
from lxml import etree

from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files import uses

from .fields import FIELDS, filled_with_examples, filled_with_nothing
from .template_language import problems
from .templates import Misplaced, WordTemplate, fill

MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_XML_BYTES = 5 * 1024 * 1024  # of the parts parsed as XML
MAX_PROBLEMS_SHOWN = 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
NOT_WORD = uses.TEMPLATES.other_kind
EMBEDDED = "模板含有嵌入对象，不能使用。请去掉后另存为 .docx 再上传。"
TOO_MUCH = "模板解压后过大，未予读取。请压缩其中的图片后再上传。"
LINKED = "模板引用了外部文件（{target}），不能使用。请在 Word 中取消链接，把内容嵌入后再上传。"
BROKEN = (
    "模板中的标记写得不对，请核对花括号是否成对、每个“for”“if”是否都有“endfor”“endif”。"
    "出错位置附近：“{near}”（{fault}）。"
)
MISPLACED = "有标记放在了不能显示文字的位置，或用了不支持的 {{{{p}}}}、{{{{r}}}}、{{{{tr}}}} 写法：“{near}”。"
FAILED = "用示例数据试填模板时出错，未予保存：{fault}"
HARMLESS_LINKS = ("/hyperlink",)
PARAGRAPH = re.compile("<w:p(?=[ >])")
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def check(upload, kind):
    """Raise `Refused` with the faults if an inspected Word file cannot be used as a template of `kind`."""
    _refuse_parts(upload)
    upload.seek(0)
    _refuse_marks(upload, FIELDS[kind])
    for data in (filled_with_examples(FIELDS[kind]), filled_with_nothing(FIELDS[kind])):
        upload.seek(0)
        _fill_once(upload, data)
    upload.seek(0)


def _refuse_parts(upload):
    with archives.opened(upload) as archive:
        _refuse_parts_of(archive)


def _refuse_parts_of(archive):
    entries = archive.infolist()
    if any("embeddings/" in entry.filename.lower() for entry in entries):
        raise Refused(EMBEDDED)
    xml = sum(
        entry.file_size for entry in entries if entry.filename.startswith("word/") and "/media/" not in entry.filename
    )
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES or xml > MAX_XML_BYTES:
        raise Refused(TOO_MUCH)
    types = archives.parsed(archive, "[Content_Types].xml")
    if types is None or WORD not in {each.get("ContentType") for each in types}:
        raise Refused(NOT_WORD)
    for entry in entries:
        if entry.filename.lower().endswith(".rels"):
            _refuse_links(archives.parsed(archive, entry.filename))


def _refuse_links(relations):
    for each in relations.iter(RELATION):
        outside = each.get("TargetMode") == "External"
        if outside and not each.get("Type", "").endswith(HARMLESS_LINKS):
            raise Refused(LINKED.format(target=each.get("Target", "")[:100]))


def _refuse_marks(upload, fields):
    """Raise `Refused` with the faults of the template's markup."""
    found = []
    for source in _sources(upload):
        source = PARAGRAPH.sub("\n<w:p", source)  # one per line, so that the line of an error locates it
        try:
            found += problems(source, fields)
        except TemplateSyntaxError as fault:
            raise Refused(BROKEN.format(near=_near(source, fault.lineno), fault=fault.message)) from fault
    found = list(dict.fromkeys(found))
    if found:
        more = f"等{len(found)}处" if len(found) > MAX_PROBLEMS_SHOWN else ""
        raise Refused(f"模板不能使用：{'；'.join(found[:MAX_PROBLEMS_SHOWN])}{more}。可用的字段见下方说明。")


def _sources(upload):
    try:
        # One paragraph per line, so that the line of an error locates it.
        return [
            source.replace("<w:p ", "\n<w:p ").replace("<w:p>", "\n<w:p>") for source in WordTemplate(upload).sources()
        ]
    except (KeyError, ValueError, AttributeError, zipfile.BadZipFile, etree.XMLSyntaxError) as fault:
        raise Refused(NOT_WORD) from fault


def _near(source, line):
    """Return the text of the paragraph at `line`, or of the last one before it that is not empty."""
    lines = source.split("\n")[:line]
    texts = ["".join(etree.HTML(f"<p>{each}</p>").itertext()).strip() for each in lines[-3:]]
    return next((text[-60:] for text in reversed(texts) if text), "……")


def _fill_once(upload, data):
    try:
        fill(upload, data).close()
    except Misplaced as fault:
        raise Refused(MISPLACED.format(near=fault)) from fault
    except (TemplateError, TypeError, ValueError, AttributeError, KeyError, etree.LxmlError) as fault:
        raise Refused(FAILED.format(fault=fault)) from fault
