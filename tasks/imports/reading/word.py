"""Reader of .docx files: paragraphs, and tables with merged cells filled in, as Word shows them."""

import io
import posixpath

from wenshang_disclosure.core.office.archives import DAMAGED, opened, parsed
from wenshang_disclosure.core.web.errors import Unreadable

from . import html, text, word_text
from .numbering import Numbering
from .source import MAX_COLUMNS, MAX_ROWS, Grid, Row, Source, tidy, trimmed
from .word_text import UNKNOWN, Styles
from .xml import attribute, children, first, name_of

AROUND_BLOCKS = ("sdt", "sdtContent", "customXml", "ins", "smartTag", "moveTo")
AROUND_LINES = ("sdt", "sdtContent", "customXml", "ins", "moveTo")
UNKNOWN_SYMBOL = "该格有一个符号认不出来"
EMBEDDED = "文件中嵌入的“{name}”没有读取。"
CHUNK = "文件中嵌入的一部分内容（{name}）没有读取。"
MIN_TABLE_COLUMNS = 3  # a table inside a cell with fewer is the cell's own text


def read(path, progress=lambda done, of: None, *, depth=0):
    """Return the `Source` of the file at `path`; calls `progress(rows done, rows total)`. Raises `Unreadable`."""
    with opened(path) as archive:
        root = parsed(archive, main_part(archive))
        numbering = Numbering(parsed(archive, "word/numbering.xml"), parsed(archive, "word/styles.xml"))
        body = first(root, "body") if root is not None else None
        if body is None:
            raise Unreadable(DAMAGED)
        chunks = _Chunks(archive, depth)
        reader = _Reader(numbering, Styles(parsed(archive, "word/styles.xml")), progress, chunks)
        source = reader.read(body)
        source.after += _notes(archive, reader)
        if not source.grids:
            _read_embedded(archive, source)
        return source


def main_part(archive):
    """Return the name of the part with the text."""
    root = parsed(archive, "_rels/.rels")
    for relation in root if root is not None else ():
        if (attribute(relation, "Type") or "").endswith("/officeDocument"):
            name = (attribute(relation, "Target") or "").lstrip("/")
            if name in archive.namelist():
                return name
    return "word/document.xml"


def read_root(root, progress=lambda done, of: None):
    """Return the `Source` of a Word file that is one XML file (2003, or flat)."""
    body = next((element for element in root.iter("{*}body")), None)
    if body is None:
        raise Unreadable(DAMAGED)
    styles = next(root.iter("{*}styles"), None)
    return _Reader(Numbering(None, styles), Styles(styles), progress, None).read(body)


def _notes(archive, reader):
    """Return the paragraphs of foot- and endnotes: a rule on who leads may stand there."""
    texts = []
    for part in ("word/footnotes.xml", "word/endnotes.xml"):
        root = parsed(archive, part)
        for paragraph in root.iter("{*}p") if root is not None else ():
            texts.append(tidy("".join(word_text.runs(paragraph, reader.styles))))
    return [said for said in texts if said]


def _read_embedded(archive, source):
    """Read the tables of workbooks that stand in the text as objects."""
    from . import excel

    for name in archive.namelist():
        if not name.startswith("word/embeddings/"):
            continue
        if not name.lower().endswith(".xlsx"):
            source.lost.append(EMBEDDED.format(name=posixpath.basename(name)))
            continue
        with archive.open(name) as part:
            source.grids += excel.read(io.BytesIO(part.read())).grids


class _Chunks:
    """Contents of other formats that a file refers to (altChunk), each read by its own reader."""

    def __init__(self, archive, depth):
        self.archive, self.depth = archive, depth
        root = parsed(archive, "word/_rels/document.xml.rels")
        self.targets = {
            attribute(relation, "Id"): posixpath.normpath(posixpath.join("word", attribute(relation, "Target") or ""))
            for relation in (root if root is not None else ())
            if attribute(relation, "TargetMode") != "External"
        }

    def read(self, element):
        """Return the `Source` of a chunk."""
        name = self.targets.get(attribute(element, "id"), "")
        name = name.removeprefix("word/") if name.startswith("word//") else name
        try:
            entry = self.archive.getinfo(name)
        except KeyError:
            return Source([], [], lost=[CHUNK.format(name=posixpath.basename(name) or "不明")])
        with self.archive.open(entry) as part:
            data = part.read()
        if data[:2] == b"PK" and self.depth < 2:
            return read(io.BytesIO(data), depth=self.depth + 1)
        if html.looks_like_archive(data[:4096]):
            return html.read_archive(data)
        if html.looks_like(data[:4096]):
            return html.read(data)
        if b"\x00" in data[:200] or data[:5] == b"{\\rtf" or data[:2] == b"PK":
            return Source([], [], lost=[CHUNK.format(name=posixpath.basename(name))])
        return Source([tidy(line) for line in text.decoded(data).splitlines() if tidy(line)], [])


def _value(element, *path):
    """Return the `val` of the descendant at `path`: "" if it has none, `None` if there is no such element."""
    found = first(element, *path)
    return None if found is None else attribute(found, "val") or ""


def _number(text, least=0):
    return max(int(text), least) if text and text.isdecimal() else least


class _Reader:
    """A single pass over the body, with progress in rows of all tables."""

    def __init__(self, numbering, styles, progress, chunks):
        self.numbering, self.styles, self.progress, self.chunks = numbering, styles, progress, chunks
        self.rows = self.done = 0
        self.source = Source(paragraphs=[], grids=[])

    def read(self, body):
        self.rows = sum(1 for _ in body.iter("{*}tr"))
        if self.rows > MAX_ROWS:
            raise Unreadable(f"文件中的表格共有{self.rows}行，超过{MAX_ROWS}行，未予读取。请分开导入。")
        for block in self._blocks(body):
            self._block(block)
        return self.source

    def _block(self, block):
        if name_of(block) == "tbl":
            self._table(block)
        elif name_of(block) == "altChunk":
            self._take(self.chunks.read(block) if self.chunks else Source([], []))
        else:
            said = tidy(self._paragraph(block))
            if said:
                (self.source.after if self.source.grids else self.source.paragraphs).append(said)
            for inside in self._boxes(block):
                self._block(inside)

    def _take(self, other):
        (self.source.after if self.source.grids else self.source.paragraphs).extend(other.paragraphs)
        self.source.grids += other.grids
        self.source.after += other.after
        self.source.lost += other.lost

    def _table(self, table):
        inner = [one for one in table.iter("{*}tbl") if one is not table and _owner(one) is table and _is_table(one)]
        grid = trimmed(self._grid(table, {id(one) for one in inner}))
        if grid.rows:
            self.source.grids.append(grid)
        for one in inner:
            self._table(one)

    def _boxes(self, paragraph):
        """Yield the blocks of text boxes that stand in a paragraph."""
        for box in paragraph.iter("{*}txbxContent"):
            around = {name_of(element) for element in box.iterancestors()}
            if not around & {"Fallback", "txbxContent"} or self._only_in_fallback(box):
                yield from self._blocks(box)

    def _only_in_fallback(self, box):
        around = next((a for a in box.iterancestors() if name_of(a) == "AlternateContent"), None)
        return around is not None and not any(
            True for choice in children(around, "Choice") for _ in choice.iter("{*}txbxContent")
        )

    def _blocks(self, element):
        """Yield paragraphs and tables in order, including those inside content controls."""
        for child in element:
            if name_of(child) in ("p", "tbl", "altChunk"):
                yield child
            elif name_of(child) in AROUND_BLOCKS or name_of(child) in ("sect", "sub-section"):
                yield from self._blocks(child)

    def _grid(self, table, inner):
        grid = Grid(f"第{len(self.source.grids) + 1}个表格")
        above = {}
        for number, line in enumerate(self._lines(table), start=1):
            if self._is_deleted(line):
                continue
            row, above = self._row(number, line, above, inner)
            grid.rows.append(row)
            self.done += 1
            if self.done % 200 == 0:
                self.progress(self.done, self.rows)
        return grid

    def _lines(self, element):
        for child in element:
            if name_of(child) == "tr":
                yield child
            elif name_of(child) in AROUND_LINES:
                yield from self._lines(child)

    def _is_deleted(self, line):
        return any(name_of(mark) in ("del", "moveFrom") for marks in children(line, "trPr") for mark in marks)

    def _cells(self, element):
        for child in element:
            if name_of(child) == "tc":
                if first(child, "tcPr", "cellDel") is None:
                    yield child
            elif name_of(child) in AROUND_LINES:
                yield from self._cells(child)

    def _row(self, number, line, above, inner):
        """Return the row, and the texts by column for merged cells in the next row."""
        before = _number(_value(line, "trPr", "gridBefore"))
        is_hidden = first(line, "trPr", "hidden") is not None
        row = Row(number, [""] * before, [""] * before, is_hidden)
        texts = {}
        for cell in self._cells(line):
            column = len(row.cells)
            if column >= MAX_COLUMNS:
                self._note_wide(number)
                break
            merge, span = _merge(cell), _number(_value(cell, "tcPr", "gridSpan"), least=1)
            goes_on = merge is not None and merge != "restart" and column in above
            goes_left = _value(cell, "tcPr", "hMerge") == "continue" and column > 0
            own = "" if goes_left or goes_on else self._text(cell, inner)
            said = row.cells[-1] if goes_left else above[column] if goes_on else own
            mark = "left" if goes_left else "up" if goes_on else ""
            span = min(span, MAX_COLUMNS - column)
            row.cells += [said] * span
            row.covered += [mark] + ["left"] * (span - 1)
            row.doubts += [[column, UNKNOWN_SYMBOL]] if UNKNOWN in own else []
            if merge is not None:
                texts[column] = said
        return row, texts

    def _note_wide(self, number):
        self.source.lost.append(
            f"第{len(self.source.grids) + 1}个表格第{number}行第{MAX_COLUMNS}列以后的内容没有读取。"
        )

    def _text(self, cell, inner):
        return tidy("\n".join(self._paragraphs(cell, inner)))

    def _paragraphs(self, cell, inner):
        for child in cell:
            if id(child) in inner:
                continue
            if name_of(child) == "p":
                yield self._paragraph(child)
                for block in self._boxes(child):
                    yield from self._paragraphs([block], inner)
            elif name_of(child) not in ("tcPr", "tblPr", "trPr"):
                yield from self._paragraphs(child, inner)

    def _paragraph(self, paragraph):
        is_out = self.styles.is_out(_value(paragraph, "pPr", "pStyle"))
        return self.numbering.label(paragraph) + "".join(word_text.runs(paragraph, self.styles, is_out))


def _merge(cell):
    """Return how a cell is merged with the one above: "restart", another text for going on, `None` for not."""
    tracked = first(cell, "tcPr", "cellMerge")
    if tracked is not None:
        return "restart" if attribute(tracked, "vMerge") == "rest" else "continue"
    merged = _value(cell, "tcPr", "vMerge")
    return merged if merged is not None else _value(cell, "tcPr", "vmerge")  # so in the XML of Word 2003


def _owner(table):
    return next((around for around in table.iterancestors() if name_of(around) == "tbl"), None)


def _is_table(table):
    """Return whether a table inside a cell is one of its own, not a way to set the cell's text."""
    lines = list(children(table, "tr"))
    return len(lines) > 1 and max(sum(1 for _ in children(line, "tc")) for line in lines) >= MIN_TABLE_COLUMNS
