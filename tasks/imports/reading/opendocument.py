"""Reader of OpenDocument files (.ods, .odt), zipped or as one XML file."""

from wenshang_disclosure.core.office.archives import DAMAGED, parsed
from wenshang_disclosure.core.web.errors import Unreadable

from .source import MAX_COLUMNS, MAX_ROWS, Grid, Row, Source, marked, tidy, trimmed, without_marks
from .xml import attribute, children, first, name_of

NOT_SHOWN = {"annotation", "tracked-changes", "note", "ruby-text", "bookmark", "sequence-decls", "forms"}
GROUPS = {"table-row-group", "table-header-rows", "table-rows"}
COLUMN_GROUPS = {"table-column-group", "table-header-columns", "table-columns"}
SECTIONS = {"section", "text-box", "frame", "index-body", "list", "list-item", "g", "custom-shape"}


def read(archive):
    """Return the `Source` of an open archive."""
    root = parsed(archive, "content.xml")
    if root is None:
        raise Unreadable(DAMAGED)
    return read_root(root, parsed(archive, "styles.xml"))


def read_root(root, styles=None):
    """Return the `Source` of the root of content.xml, or of a flat file."""
    body = first(root, "body")
    if body is None:
        raise Unreadable(DAMAGED)
    return _Reader(_struck_styles(root, styles), _hidden_tables(root)).read(body)


def _styles(*roots):
    for root in roots:
        for group in children(root, "automatic-styles", "styles"):
            yield from children(group, "style")


def _struck_styles(*roots):
    """Return the names of text styles that are struck out or hidden."""
    found = set()
    for style in _styles(*roots):
        properties = first(style, "text-properties")
        if properties is None:
            continue
        line = attribute(properties, "text-line-through-style") or attribute(properties, "text-line-through-type")
        if line not in (None, "none") or attribute(properties, "display") == "none":
            found.add(attribute(style, "name"))
    return found


def _hidden_tables(root):
    return {
        attribute(style, "name")
        for style in _styles(root)
        for properties in children(style, "table-properties")
        if attribute(properties, "display") == "false"
    }


def _count(element, name):
    text = attribute(element, name) or "1"
    return max(1, min(int(text), 2_000_000)) if text.isdecimal() else 1


class _Reader:
    def __init__(self, struck, hidden):
        self.struck, self.hidden = struck, hidden
        self.source = Source(paragraphs=[], grids=[])
        self.rows = 0

    def read(self, body):
        for part in body:
            self._blocks(part, is_sheet=name_of(part) == "spreadsheet")
        return self.source

    def _blocks(self, element, *, is_sheet):
        for child in element:
            name = name_of(child)
            if name == "table":
                self._table(child, is_sheet=is_sheet)
            elif name in ("p", "h"):
                self._paragraph(child)
            elif name in SECTIONS:
                self._blocks(child, is_sheet=is_sheet)

    def _paragraph(self, element):
        text = tidy("".join(self._text(element)))
        if text:
            (self.source.after if self.source.grids else self.source.paragraphs).append(text)
        for table in element.iter("{*}table"):
            self._table(table, is_sheet=False)  # in a text box

    def _table(self, table, *, is_sheet):
        name = f"工作表“{attribute(table, 'name')}”" if is_sheet else f"第{len(self.source.grids) + 1}个表格"
        grid = Grid(name, hidden=attribute(table, "style-name") in self.hidden)
        grid.hidden_columns = self._hidden_columns(table)
        self._rows(grid, table, {}, 0)
        grid = trimmed(grid)
        if grid.rows:
            self.source.grids.append(grid)

    def _hidden_columns(self, table):
        hidden, at = [], 0
        stack = [child for child in table if name_of(child) == "table-column" or name_of(child) in COLUMN_GROUPS]
        while stack and at < MAX_COLUMNS:
            element = stack.pop(0)
            if name_of(element) in COLUMN_GROUPS:
                stack = [*element, *stack]
                continue
            times = _count(element, "number-columns-repeated")
            if attribute(element, "visibility") in ("collapse", "filter"):
                hidden += range(at, min(at + times, MAX_COLUMNS))
            at += times
        return hidden

    def _rows(self, grid, element, above, number):
        for child in element:
            if name_of(child) in GROUPS:
                number = self._rows(grid, child, above, number)
            elif name_of(child) == "table-row":
                times = _count(child, "number-rows-repeated")
                row = self._row(child, number + 1, above)
                filled = any(row.cells)
                for step in range(min(times, MAX_ROWS) if filled else 0):
                    self.rows += 1
                    if self.rows > MAX_ROWS:
                        raise Unreadable(f"文件中的表格超过{MAX_ROWS}行，未予读取。请分开导入。")
                    grid.rows.append(Row(number + 1 + step, list(row.cells), list(row.covered), row.hidden))
                number += times
        return number

    def _row(self, element, number, above):
        """Return a row; `above` is kept by column: the last row that a merged cell reaches, its text and its mark."""
        row = Row(number, [], [], attribute(element, "visibility") in ("collapse", "filter"))
        for cell in children(element, "table-cell", "covered-table-cell"):
            times = min(_count(cell, "number-columns-repeated"), MAX_COLUMNS - len(row.cells))
            text = tidy("\n".join(self._paragraphs(cell)))
            for _ in range(times):
                self._place(row, cell, text, above)
            if len(row.cells) >= MAX_COLUMNS:
                break
        return row

    def _place(self, row, cell, text, above):
        column = len(row.cells)
        last, over, mark = above.get(column, (0, "", ""))
        if name_of(cell) == "covered-table-cell" and row.number <= last:
            row.cells.append(over)
            row.covered.append(mark)
            return
        row.cells.append(text)
        row.covered.append("")
        down, right = _count(cell, "number-rows-spanned"), min(_count(cell, "number-columns-spanned"), MAX_COLUMNS)
        if name_of(cell) == "table-cell":
            for step in range(right):
                if step or down > 1:
                    above[column + step] = (row.number + down - 1, text, "left" if step else "up")

    def _paragraphs(self, element):
        for child in element:
            if name_of(child) in ("p", "h"):
                yield "".join(self._text(child))
            elif name_of(child) not in NOT_SHOWN:
                yield from self._paragraphs(child)

    def _text(self, element):
        yield without_marks(element.text or "")
        for child in element:
            name = name_of(child)
            if name in ("line-break", "tab", "s"):
                yield "\n" if name == "line-break" else " "
            elif name and name not in NOT_SHOWN and name != "frame":
                inside = "".join(self._text(child))
                yield marked(inside) if attribute(child, "style-name") in self.struck else inside
            yield without_marks(child.tail or "")
