"""Reading of a 填报表 that came back: texts by row, and cells that cannot be read, by address. Nothing is evaluated."""

import datetime as dt
from dataclasses import asdict, dataclass, field

from xlsxwriter.utility import xl_col_to_name

from wenshang_disclosure.core.office.archives import DAMAGED, opened
from wenshang_disclosure.core.office.escapes import unescaped
from wenshang_disclosure.core.office.signatures import OLE_HEAD, ZIP_HEADS
from wenshang_disclosure.core.web.errors import Unreadable

from .columns import FILLED, FIXED, KEY, MARK_SHEET, MAX_CELL_CHARS, PAST, SHEET

MAX_ROWS = 3_000
MAX_COLUMNS = 60
HEADER_WITHIN_ROWS = 60
NOT_XLSX = "不是 .xlsx 文件。请用 WPS、Excel 或 LibreOffice 打开下载的填报表填写，保存为 .xlsx 后再上传。"
OLD = "是旧版 Excel 或 WPS 表格（.xls、.et），或者设有密码。请打开后取消密码，另存为 .xlsx 再上传。"
NOT_OURS = "不是本系统下载的填报表。请先下载填报表，在其中填写后上传；内容在别的表里的，复制到填报表中。"
CHANGED = "填报表的表头被改动，缺少“{}”列。请重新下载填报表，把填写的内容复制过去后上传。"
FORMULA = "含有公式。请改为固定的文字或者数字（复制后选择性粘贴为数值）。"
FAULT = "是错误值（如 #N/A），请改正。"


@dataclass
class Read:
    """What a file says: its signed mark, and by row the texts, the key and the cells that cannot be read.

    Each of `rows` is a dict with `row`, `key`, `texts` by column and `errors`, pairs of an address and a sentence;
    `letters` are the letters of the columns.
    """

    mark: str
    letters: dict = field(default_factory=dict)
    rows: list[dict] = field(default_factory=list)

    def as_data(self):
        """Return the content as JSON-serialisable data."""
        return asdict(self)


def read(file):
    """Return what an open file says, a `Read`. Raises `Unreadable` where it is no 填报表."""
    from openpyxl import load_workbook  # by whoever reads a file, in a process of its own

    _refuse_other_kinds(file)
    try:
        book = load_workbook(file, read_only=True)  # formulas come as text and are never taken for their results
        mark = _mark(book)
        if SHEET not in book.sheetnames:
            raise Unreadable(NOT_OURS)
        return _read_sheet(book[SHEET], mark)
    except Unreadable:
        raise
    except Exception as fault:  # openpyxl raises exceptions of many kinds on damaged files
        raise Unreadable(DAMAGED) from fault


def _refuse_other_kinds(file):
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if head.startswith(OLE_HEAD):
        raise Unreadable(f"文件{OLD}")
    if not head.startswith(ZIP_HEADS):
        raise Unreadable(f"文件{NOT_XLSX}")
    with opened(file) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise Unreadable(f"文件{NOT_XLSX}")
    file.seek(0)


def _mark(book):
    """Return the text of the first cell of the hidden sheet."""
    if MARK_SHEET not in book.sheetnames:
        raise Unreadable(NOT_OURS)
    for cells in book[MARK_SHEET].iter_rows(max_row=1, max_col=1):
        for cell in cells:
            if isinstance(cell.value, str):
                return cell.value
    raise Unreadable(NOT_OURS)


def _read_sheet(sheet, mark):
    columns, found = None, Read(mark)
    sheet.reset_dimensions()  # what a file says of its size need not be so
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if columns is None:
            columns = _columns(cells)
            if columns is None and number > HEADER_WITHIN_ROWS:
                break
        elif any(cell.value not in (None, "") for cell in cells):
            found.rows.append(_row(number, cells, columns))
            if len(found.rows) > MAX_ROWS:
                raise Unreadable(f"填报表超过{MAX_ROWS}行，未予读取。")
    if columns is None:
        raise Unreadable(NOT_OURS)
    found.letters = {name: xl_col_to_name(at) for name, at in columns.items()}
    return found


def _columns(cells):
    """Return the index of each column if these are the headings, else `None`. Raises `Unreadable` if one is missing."""
    texts = {_text(cell.value): at for at, cell in reversed(list(enumerate(cells))) if cell.value is not None}
    wanted = FILLED | {"number": FIXED["number"], "key": KEY}
    found = {name: texts[heading] for name, heading in wanted.items() if heading in texts}
    if "text" not in found and "key" not in found or len(found) < 3:
        return None
    for name, heading in wanted.items():
        if name not in found:
            raise Unreadable(CHANGED.format(heading))
    return found | {name: texts[heading] for name, heading in PAST.items() if heading in texts}


def _row(number, cells, columns):
    texts, errors = {}, []
    for name, at in columns.items():
        cell = cells[at] if at < len(cells) else None
        value = cell.value if cell is not None else None
        wrong = _fault(cell) if name in FILLED or name in PAST else ""
        if wrong:
            errors.append([f"{xl_col_to_name(at)}{number}", wrong])
        texts[name] = "" if wrong else _text(value)[: MAX_CELL_CHARS + 1]
    return {"row": number, "key": texts.pop("key"), "texts": texts, "errors": errors}


def _fault(cell):
    kind = getattr(cell, "data_type", "")
    return FORMULA if kind == "f" else FAULT if kind == "e" else ""


def _text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime | dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unescaped(str(value)).replace("\0", "")  # which no database takes
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
