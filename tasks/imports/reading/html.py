"""Reader of tables in HTML, which office automation systems send as .xls or .doc, and of web archives (.mht).

Nothing that a page names is fetched: only what the file itself holds is read.
"""

import email
import email.policy
import re

from lxml import etree
from lxml import html as parser

from wenshang_disclosure.core.web.errors import Unreadable

from .source import MAX_ROWS, Grid, Placer, Source, marked, tidy, trimmed, without_marks

CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.-]{3,20})""", re.I)
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
IS_HTML = re.compile(rb"<(?:html|table|!doctype\s+html)[\s>]", re.I)
IS_MHT = re.compile(rb"^(?:MIME-Version|From|Date|Content-Type|Subject):", re.I | re.M)
HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.I)
STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.I)
NOT_SHOWN = {"script", "style", "head", "title", "template", "noscript", "rt", "rp", "del"}
OF_A_LINE = {"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"}
FRAMES = "文件是网页框架，表格在它旁边的文件夹里，没有随文件上传。请用 Excel 打开后另存为 .xlsx 再导入。"


def looks_like(head):
    """Return whether a file begins as HTML."""
    return bool(IS_HTML.search(_narrow(head)))


def looks_like_archive(head):
    """Return whether a file begins as a web archive."""
    start = head[:600]
    return bool(IS_MHT.search(start)) and b"multipart/related" in head.lower()


def _narrow(head):
    return head.replace(b"\x00", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head


def decoded(data):
    """Return the text of a page in the encoding that it names, else UTF-8 or GB18030."""
    codes = [code for mark, code in MARKS if data.startswith(mark)]
    named = CHARSET.search(data[:2048])
    name = named[1].decode("ascii", "replace").lower() if named else ""
    codes += ["gb18030" if name in ("gb2312", "gbk") else name, "utf-8", "gb18030"]
    for code in filter(None, codes):
        try:
            return data.decode(code)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030", "replace")


def read_archive(data):
    """Return the `Source` of the page of a web archive (.mht)."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    source = Source(paragraphs=[], grids=[])
    for part in message.walk():
        if part.get_content_type() != "text/html":
            continue
        found = read(part.get_payload(decode=True) or b"")
        source.paragraphs += found.paragraphs if not source.grids else []
        source.after += found.after
        source.grids += found.grids
    return source


def read(data):
    """Return the `Source` of a page."""
    text = decoded(data)
    try:
        root = parser.document_fromstring(text.encode("utf-8"), parser=parser.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError, RecursionError) as fault:
        raise Unreadable("网页格式的文件已损坏，无法读取。请用 Excel 打开后另存为 .xlsx 再导入。") from fault
    source = Source(paragraphs=[], grids=[])
    _Page(source).read(root)
    if not source.grids and next(root.iter("frameset"), None) is not None:
        raise Unreadable(FRAMES)
    return source


def _span(cell, name):
    text = (cell.get(name) or "1").strip()
    return min(int(text), MAX_ROWS) if text.isdecimal() and int(text[:6]) > 0 else 1


def _is_hidden(element):
    return element.get("hidden") is not None or bool(HIDDEN.search(element.get("style") or ""))


class _Page:
    def __init__(self, source):
        self.source, self.rows = source, 0

    def read(self, root):
        body = root.find(".//body")
        self._blocks(body if body is not None else root)

    def _blocks(self, element):
        self._say(element.text)
        for child in element:
            name = child.tag if isinstance(child.tag, str) else ""
            if name in NOT_SHOWN or not name or _is_hidden(child):
                pass
            elif name == "table":
                self._table(child)
            elif child.find(".//table") is not None:
                self._blocks(child)
            else:
                self._say(_text(child))
            self._say(child.tail)

    def _say(self, text):
        for line in tidy(text or "").split("\n"):
            if line:
                (self.source.after if self.source.grids else self.source.paragraphs).append(line)

    def _table(self, table):
        inner = [one for one in table.iterdescendants("table") if _is_of_tasks(one)]
        rows = [row for row in table.iter("tr") if _owner(row, "table") is table]
        if inner:  # a table that only places others on the page
            for row in rows:
                for cell in row:
                    self._blocks(cell)
            return
        grid = Grid(f"第{len(self.source.grids) + 1}个表格")
        placer = Placer(grid)
        for number, row in enumerate(rows, start=1):
            self.rows += 1
            if self.rows > MAX_ROWS:
                raise Unreadable(f"文件中的表格超过{MAX_ROWS}行，未予读取。请分开导入。")
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            placer.row(number, [(_text(c), _span(c, "rowspan"), _span(c, "colspan")) for c in cells], _is_hidden(row))
        grid = trimmed(grid)
        if grid.rows:
            self.source.grids.append(grid)


def _owner(element, tag):
    return next(element.iterancestors(tag), None)


def _is_of_tasks(table):
    rows = [row for row in table.iter("tr") if _owner(row, "table") is table]
    return len(rows) > 1 and max(len(row) for row in rows) > 2


def _text(element):
    return tidy("".join(_pieces(element)))


def _pieces(element):
    """Yield the text of an element as it is shown, with line breaks."""
    yield _plain(element.text)
    for child in element:
        name = child.tag if isinstance(child.tag, str) else ""
        if name == "br":
            yield "\n"
        elif name and name not in NOT_SHOWN:
            inside = "".join(_pieces(child))
            style = child.get("style") or ""
            is_out = name in ("s", "strike") or STRUCK.search(style) or _is_hidden(child)
            yield "\n" if name in OF_A_LINE else ""
            yield marked(inside) if is_out else inside
            yield "\n" if name in OF_A_LINE else ""
        yield _plain(child.tail)


def _plain(text):
    """Return text of the page as a browser shows it, where a line break is a blank."""
    return re.sub(r"\s*[\r\n]+\s*", " ", without_marks(text or ""))
