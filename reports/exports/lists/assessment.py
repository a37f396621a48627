"""The assessment as an Excel file: the points of each criterion with the reason."""

from decimal import Decimal

from django.utils import timezone

from reports.assessment import CRITERIA
from reports.choices import Group
from wenshang_disclosure.core.office.xlsx import stream_table

from .lists import DEMO, heading

POINTS = "0.00"
RANK = ("名次", 7)
COLUMNS = [("组别", 14), ("单位", 30), ("总分", 9, POINTS)]
for _criterion in CRITERIA.values():
    COLUMNS += [(_criterion.LABEL, 9, POINTS), (f"{_criterion.LABEL}得分理由", 34)]
NOBODY = "没有承担事项的单位，没有得分。"


def current(scores, scope, *, ranked):
    """Write the current `Score`s as of the day of `scope`, with their ranks where `ranked`; return the open file."""
    notes = [*heading(scope), "按现行标准实时计算，不是公布的结果。"]
    rows = (
        _row(score, [(score.parts[name].points, score.parts[name].reason) for name in CRITERIA], ranked)
        for score in scores
    )
    return stream_table("考核得分", notes if scores else [*notes, NOBODY], _columns(ranked), rows)


def published(one, rows, *, ranked):
    """Write the rows of a published assessment, with their ranks where `ranked`; return the open file."""
    at = timezone.localtime(one.published_at)
    notes = [f"{one.plan.title}　截至{one.as_of:%Y-%m-%d}", f"{at:%Y-%m-%d %H:%M}由{one.published_by}公布"]
    if one.plan.has_demo_activity:
        notes.append(DEMO)
    rows = list(rows)
    lines = (_row(row, _frozen(row.parts), ranked) for row in rows)
    return stream_table("考核结果", notes if rows else [*notes, NOBODY], _columns(ranked), lines)


def _frozen(parts):
    """Return points and reason of each criterion, `None` for those not scored at the time."""
    by_name = {part["criterion"]: (Decimal(part["points"]), part["reason"]) for part in parts}
    return [by_name.get(name, (None, None)) for name in CRITERIA]


def _columns(ranked):
    return [COLUMNS[0], *([RANK] if ranked else []), *COLUMNS[1:]]


def _row(scored, parts, ranked):
    rank = [scored.rank] if ranked else []
    line = [Group(scored.group).label, *rank, scored.unit_name, scored.total]
    return [*line, *(value for part in parts for value in part)]
