"""Index of an evidence package (材料目录.xlsx): every item with a link to its file and its SHA-256."""

from django.template.defaultfilters import filesizeformat

from reports.exports.lists.lists import heading
from reports.exports.workbook.details import STATES
from tasks.choices import EvidenceKind
from wenshang_disclosure.core.office.xlsx import A3, DAY, MOMENT, Book, Column, height_of
from wenshang_disclosure.core.region import office_name

from .items import MISSING

TITLE = "材料目录"
ALARM = "#B3261E"
NOTHING = "所选范围内没有已报送的佐证材料。"
COLUMNS = [
    Column("序号", 6),
    Column("任务序号", 9),
    Column("具体要求", 40),
    Column("报送单位", 22),
    Column("报送时间", 17, MOMENT),
    Column("审核状态", 10),
    Column("类别", 12),
    Column("名称", 36),
    Column("材料日期", 12, DAY),
    Column("文件位置", 50),
    Column("发布链接", 40),
    Column("大小（字节）", 12, "#,##0"),
    Column("SHA-256", 36),
]
PATH, ADDRESS = ([column.heading for column in COLUMNS].index(name) for name in ("文件位置", "发布链接"))
KINDS = dict(EvidenceKind.choices)


def write(items, scope):
    """Write the index of `items`; return the open file, at its beginning."""
    with Book() as book:
        sheet = book.sheet(TITLE)
        header_row = sheet.title(TITLE, [*heading(scope), _summary(items)])
        sheet.headings(header_row, COLUMNS)
        sheet.freeze(header_row + 1)
        sheet.set_up_print(paper=A3, header_row=header_row)
        for number, item in enumerate(items, start=1):
            _write_row(sheet, header_row + number, number, item)
        if not items:
            sheet.across(header_row + 1, len(COLUMNS) - 1, NOTHING, height=30, align="center")
        sheet.filter(header_row, header_row + max(1, len(items)), len(COLUMNS) - 1)
        return book.finished()


def _summary(items):
    files = [item for item in items if item.path]
    missing = sum(item.is_missing for item in items)
    withheld = sum(item.is_withheld for item in items)
    links = len(items) - len(files) - missing - withheld
    size = filesizeformat(sum(item.size for item in files)).replace("\xa0", " ")
    told = f"共{len(items)}项：文件{len(files)}个（{size}），发布链接{links}个"
    if withheld:
        told += f"，因病毒扫描未收入{withheld}个"
    return f"{told}，{MISSING}{missing}个（见“文件位置”一栏，请告知{office_name()}）。" if missing else f"{told}。"


def _write_row(sheet, row, number, item):
    values = [
        number,
        item.number,
        item.requirement,
        item.unit,
        item.reported_at,
        STATES[item.state],
        KINDS[item.kind],
        item.title,
        item.dated_on,
        item.place,
        item.url,
        item.size,
        item.sha256,
    ]
    sheet.set_height(row, max(height_of(value, column.width) for value, column in zip(values, COLUMNS, strict=True)))
    for place, (value, column) in enumerate(zip(values, COLUMNS, strict=True)):
        if place == PATH and item.path:
            sheet.link_to_file(row, place, item.path, value)
        elif place == PATH and value:  # the reason why there is no file
            sheet.put(row, place, value, bold=True, font_color=ALARM)
        elif place == ADDRESS and value.startswith(("http://", "https://")):
            sheet.link_to_page(row, place, value)
        else:
            sheet.put(row, place, value, num_format=column.number_format)
