"""The audit trail as an Excel file: the rows of the page, with their number and hash."""

from reports import audit_display
from wenshang_disclosure.core.office.xlsx import stream_table

from .lists import BATCH_ROWS

MOMENT = "yyyy-mm-dd hh:mm:ss"
COLUMNS = [
    ("时间", 20, MOMENT),
    ("姓名", 12),
    ("账号", 14),
    ("单位", 24),
    ("类别", 12),
    ("操作", 34),
    ("对象类型", 14),
    ("对象编号", 10),
    ("对象", 36),
    ("结果", 7),
    ("来源地址", 18),
    ("详情", 40),
    ("请求编号", 15),
    ("链上序号", 10),
    ("摘要", 68),
]


def audit(entries, note):
    """Write `trail.entries` in the given order; return the open file."""
    notes = [f"共{entries.count()}条"] + ([f"筛选条件：{note}"] if note else [])
    actors = audit_display.Actors()
    rows = (_row(entry, *actors.of(entry)) for entry in entries.iterator(chunk_size=BATCH_ROWS))
    return stream_table("安全审计", notes, COLUMNS, rows)


def _row(entry, name, unit):
    return [
        entry.at,
        name,
        entry.account,
        unit,
        entry.get_kind_display(),
        entry.act,
        audit_display.kind_of(entry),
        entry.subject_id,
        entry.subject,
        entry.get_result_display(),
        entry.address,
        "；".join(f"{label}：{words}" for label, words in audit_display.details(entry)),
        entry.request,
        entry.number,
        entry.hash,
    ]
