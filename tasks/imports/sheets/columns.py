"""Columns of a 填报表, and what its rows hold, as writer, reader and service know them."""

from dataclasses import dataclass, field

SHEET, MARK_SHEET = "填报表", "标识"
KEY = "标识（请勿修改）"
FIXED = {
    "number": "序号",
    "year": "年度",
    "requirement": "具体要求",
    "leads": "牵头部门",
    "due": "完成时限",
    "light": "亮灯",
    "last": "上次报送",
    "returned": "退回原因",
    "attached": "已附材料",
}
FILLED = {
    "text": "本期进展",
    "obstacles": "存在问题",
    "next_steps": "下步措施",
    "count": "本次完成数量",
    "claims_completion": "申报办结",
    "open_units_note": "对未办结责任单位的说明",
    "links": "佐证链接",
}
PAST = {"reported_on": "报告日期（补录）"}
"""Columns of a sheet for reports from before the product was used (补录); other sheets need not have them."""
YES, NO = "是", "否"
MAX_COUNT = 9999
MAX_LINK_CHARS, MAX_LINK_TITLE_CHARS = 500, 200
MAX_CELL_CHARS = 20_000  # as `core.web.forms.MAX_TEXT_CHARS`; this is also read outside of Django


@dataclass
class SheetRow:
    """A row to write: the duty's id, the texts of its columns, and the columns that it does not fill in (`closed`)."""

    key: str
    values: dict
    closed: frozenset = frozenset()


@dataclass
class SheetContent:
    """A file to write: title, the lines under it, the signed mark by which it is recognised, and its rows.

    `is_past` says whether it is for reports from before the product was used (补录).
    """

    title: str
    notes: list[str]
    mark: str
    rows: list[SheetRow] = field(default_factory=list)
    is_past: bool = False
