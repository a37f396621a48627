"""What an XML part of a document says that matters: fields, formulas, connections, actions, pictures from elsewhere."""

import re

from lxml import etree

from wenshang_disclosure.core.web.errors import Refused

from . import formulas
from .kinds import WITH_LINKS, Mismatch

DDE = formulas.DDE
CHUNK = "“{name}”含有打开时才并入的内容（altChunk），不能上传。请用 Word 或 WPS 打开后另存一份再上传。"
REFRESHED = "“{name}”打开时会从外部数据源刷新数据，不能上传。请删除“数据”中的连接后重新上传。"
CALLBACKS = "“{name}”含有会调用宏的功能区按钮（customUI），不能上传。请去掉后重新上传。"
STARTS = "“{name}”含有会启动程序或宏的动作，不能上传。请去掉后重新上传。"
SCRIPT = "“{name}”中的图形（SVG）或网页含有脚本，不能上传。请改为普通图片后重新上传。"
OPENED = "“{name}”打开时会访问外部地址，不能上传。请去掉后重新上传。"
FORMULAS = {
    "f", "formula", "formula1", "formula2", "oldFormula", "definedName", "calculatedColumnFormula", "totalsRowFormula",
}  # fmt: skip
INSTRUCTIONS = {"instrText", "delInstrText"}
LINKS = {"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"}
REFERENCES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships}",
    "http://purl.oclc.org/ooxml/officeDocument/relationships}",
)
SVG, RIBBON, OFD = "www.w3.org/2000/svg", "/customui", "ofdspec.org"
SCRIPTS = {"script", "handler", "foreignObject", "iframe", "embed", "object"}
TRUE = {"1", "true", "on"}
VML = "urn:schemas-microsoft-com:vml"
KNOWN_NAMESPACES = re.compile(
    r"openxmlformats|purl\.oclc\.org/ooxml|microsoft|kingsoft|wps\.cn|w3\.org/2000/svg|ofdspec"
)
ELEMENTS = {  # local name → (part of the namespace, method of the scanner)
    "fldSimple": [("", "_simple_field")],
    "fldChar": [("", "_field_character")],
    "altChunk": [("", "_chunk")],
    "ddeLink": [("", "_dde")],
    "ddeItem": [("", "_dde")],
    "volType": [("", "_volatile")],
    "connection": [("spreadsheetml", "_connection")],
    "webPr": [("spreadsheetml", "_web_query")],
    "queryTable": [("spreadsheetml", "_query_table")],
    "pivotCacheDefinition": [("", "_pivot_cache")],
    "cacheSource": [("", "_pivot_source")],
    "hlinkClick": [("", "_click")],
    "hlinkHover": [("", "_click")],
    "hlinkMouseOver": [("", "_click")],
    "webextension": [("", "_add_in")],
    **dict.fromkeys(("imagedata", "fill", "stroke", "image"), [(VML, "_picture")]),
    "Action": [(OFD, "_ofd_action")],
    "URI": [(OFD, "_ofd_address")],
}


class Scanner:
    """Parser target that looks at each element without building a tree.

    `references` are the ids of relationships that stand in other places than links to click on. Raises `Refused`.
    """

    def __init__(self, name, *, wants_references=False):
        self._name, self._wants_references = name, wants_references
        self.fields, self.references = formulas.Fields(name), set()
        self._marks, self._known = [], {}
        self._text, self._text_tag, self._take_text = [], "", None
        self._refreshes, self._event = False, ""

    @property
    def marks(self):
        return [*self._marks, *self.fields.marks]

    def start(self, tag, attributes):
        look = self._known.get(tag, self)
        if look is self:
            look = self._known[tag] = self._look_for(tag)
        if look is not None:
            look(attributes)
        if self._wants_references and attributes:
            self._collect_references(tag, attributes)

    def _look_for(self, tag):
        """Return the method that looks at elements of that name, `None` where there is nothing to see."""
        namespace, _, local = tag.lstrip("{").rpartition("}")
        if namespace and not KNOWN_NAMESPACES.search(namespace):
            return None
        if local in INSTRUCTIONS:
            return lambda attributes: self._begin_text(tag, self.fields.say)
        if local in FORMULAS:
            return lambda attributes: self._begin_text(tag, self._formula)
        if SVG in namespace:
            return lambda attributes: self._svg(local, attributes)
        if RIBBON in namespace.lower():
            return self._ribbon
        name = next((name for place, name in ELEMENTS.get(local, ()) if place in namespace), None)
        return getattr(self, name) if name else None

    def end(self, tag):
        if self._take_text is not None and tag == self._text_tag:
            take, self._take_text = self._take_text, None
            take("".join(self._text))

    def data(self, text):
        if self._take_text is not None:
            self._text.append(text)

    def doctype(self, *said):
        raise Mismatch  # which no office program writes

    def close(self):
        self.fields.close()

    def _begin_text(self, tag, take):
        self._text, self._text_tag, self._take_text = [], tag, take

    def _formula(self, text):
        formulas.refuse_formula(text, self._name)

    def _collect_references(self, tag, attributes):
        if tag.rpartition("}")[2] not in LINKS:
            self.references |= {text for key, text in attributes.items() if key.lstrip("{").startswith(REFERENCES)}

    def _refuse(self, sentence, **values):
        raise Refused(sentence.format(name=self._name, **values))

    # --- Word ---

    def _simple_field(self, attributes):
        self.fields.take(_value(attributes, "instr"))

    def _field_character(self, attributes):
        step = {"begin": self.fields.begin, "separate": self.fields.separate, "end": self.fields.end}
        step.get(_value(attributes, "fldCharType"), lambda: None)()

    def _chunk(self, attributes):
        self._refuse(CHUNK)

    # --- Excel ---

    def _dde(self, attributes):
        self._refuse(DDE)

    def _volatile(self, attributes):
        if _value(attributes, "type") == "realTimeData":
            self._refuse(DDE)

    def _connection(self, attributes):
        if _is_true(attributes, "refreshOnLoad") or _value(attributes, "interval").strip("0"):
            self._refuse(REFRESHED)
        self._marks.append(WITH_LINKS)

    def _web_query(self, attributes):
        self._refuse(REFRESHED)

    def _query_table(self, attributes):
        if _is_true(attributes, "refreshOnLoad"):
            self._refuse(REFRESHED)

    def _pivot_cache(self, attributes):
        self._refreshes = _is_true(attributes, "refreshOnLoad")

    def _pivot_source(self, attributes):
        if self._refreshes and _value(attributes, "type") == "external":
            self._refuse(REFRESHED)

    # --- PowerPoint, drawings, add-ins ---

    def _click(self, attributes):
        if _value(attributes, "action").lower().startswith(("ppaction://program", "ppaction://macro")):
            self._refuse(STARTS)

    def _add_in(self, attributes):
        self._marks.append(WITH_LINKS)

    def _picture(self, attributes):
        """Look at a picture or filling of VML, which may name its file without a relationship."""
        for key, text in attributes.items():
            if key.rpartition("}")[2] in {"src", "href", "althref"} and not key.lstrip("{").startswith(REFERENCES):
                self._marks += formulas.marks_of_reading([text], self._name)

    def _ribbon(self, attributes):
        if any(key.startswith(("on", "get", "loadImage")) for key in attributes):
            self._refuse(CALLBACKS)

    def _svg(self, local, attributes):
        if local in SCRIPTS or any(key.lower().startswith("on") for key in attributes):
            self._refuse(SCRIPT)
        if local == "a":
            return
        for key, text in attributes.items():
            if key.rpartition("}")[2] == "href" and not text.strip().lower().startswith(("#", "data:image/")):
                self._marks += formulas.marks_of_reading([text], self._name)

    # --- OFD ---

    def _ofd_action(self, attributes):
        self._event = _value(attributes, "Event")

    def _ofd_address(self, attributes):
        address = _value(attributes, "URI")
        if self._event in {"DO", "PO"}:  # when the document or page is opened
            self._refuse(OPENED)
        self._marks += formulas.marks_of_hyperlink(address, self._name)


def _value(attributes, local):
    """Return the value of an attribute in whatever namespace, "" if there is none."""
    return next((text for key, text in attributes.items() if key.rpartition("}")[2] == local), "")


def _is_true(attributes, local):
    return _value(attributes, local).lower() in TRUE


def scan(parts, scanner, *, is_lenient=False):
    """Feed the pieces of an XML part to the scanner. Raises `Mismatch` if it is no XML, `Refused` by what it says.

    `is_lenient` reads on after faults, as programs do with the drawings of old versions.
    """
    parser = etree.XMLParser(
        target=scanner, resolve_entities=False, no_network=True, load_dtd=False, recover=is_lenient, huge_tree=False
    )
    try:
        for piece in parts:
            parser.feed(piece)
        parser.close()
    except etree.XMLSyntaxError:
        raise Mismatch from None


def looks_like_xml(head):
    """Return whether a part starts as XML in one of the encodings that programs read without being told."""
    said = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return said.startswith(b"<")
