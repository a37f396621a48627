"""Sentences of the bulletin, generated from the figures."""

from wenshang_disclosure.core import numerals
from wenshang_disclosure.core.rates import in_per_cent
from wenshang_disclosure.core.region import whole_region

from .summary import leading, overdue

OPEN = ("待审核", "推进中", "临期", "未启动", "逾期")


def in_words(day):
    """Return a day in the format of official documents."""
    return f"{day.year}年{day.month}月{day.day}日"


def overall(day, total):
    """Return the sentence on the whole plan."""
    if not total["应办"]:
        return f"截至{day}，没有应办事项。"
    return (
        f"截至{day}，{whole_region()}{total['单位数']}个单位承办{total['任务数']}项任务，应办事项共{total['应办']}件。"
        f"{current(total)}{_none_overdue(total)}"
    )


def of_part(part):
    """Return the sentence on one part."""
    name = numerals.without_number(part["名称"]) or "未分部分"
    return f"“{name}”应办{part['应办']}件，{current(part)}{_none_overdue(part)}"


def current(row):
    """Return the sentence on completed and open duties."""
    done = f"已办结{row['办结']}件，办结率{row['办结率']}" if row["办结"] else "尚无事项办结"
    if row["逾期办结"]:
        done += f"（按时办结{row['按时办结']}件，逾期办结{row['逾期办结']}件）"
    rest = "，".join(f"{light}{row[light]}件" for light in OPEN if row[light])
    return f"{done}；{rest}。" if rest else f"{done}。"


def _none_overdue(row):
    return "" if row["逾期"] else "没有逾期事项。"


def leading_units(group, units):
    """Return the sentence on the leading units of a group, "" for a group without units."""
    if not units:
        return ""
    named = leading(units)
    if not named:
        return f"{group}中，暂无办结率不低于平均水平且没有逾期事项的单位。"
    told = "、".join(f"{_name(row)}（办结{row['done']}件，{in_per_cent(row['done'], row['owed'])}）" for row in named)
    return f"{group}中，没有逾期事项、办结率居前的有：{told}。"


def overdue_units(group, units, *, ranked):
    """Return the sentence on the units of a group with overdue duties, "" for a group without units."""
    if not units:
        return ""
    named, number = overdue(units, ranked=ranked)
    if not number:
        return f"{group}没有逾期事项。"
    told = "、".join(f"{_name(row)}（{row['overdue']}件）" for row in named)
    among = "其中逾期较多的有" if len(named) < number else "分别是"
    return f"{group}中，{number}个单位存在逾期事项，{among}：{told}。"


def requirements(total, late_units):
    """Return the requirements for the next period, by the lights of open duties; a general one if none is open."""
    told = []
    if total["逾期"]:
        told.append(
            f"限期办理逾期事项。存在逾期事项的{late_units}个单位要逐项查明原因，落实责任，抓紧办理，"
            "并及时报送进展情况和佐证材料。"
        )
    if total["临期"]:
        told.append(f"盯紧临期事项。临近时限和退回待补正的{total['临期']}件事项，承办单位要倒排工期，按时限完成。")
    if total["未启动"]:
        told.append(f"尽快启动工作。尚未启动的{total['未启动']}件事项，承办单位要明确责任人，尽快组织实施。")
    if total["待审核"]:
        told.append(f"及时审核办结。已申报办结的{total['待审核']}件事项，审核后及时反馈结果。")
    if total["推进中"]:
        told.append(f"持续推进落实。正在推进的{total['推进中']}件事项，承办单位要按计划完成并及时申报办结。")
    if not told:
        told.append("巩固工作成果。应办事项已全部办结，各单位要做好公开内容的动态更新。")
    return [{"序号": f"（{numerals.write(place)}）", "文字": text} for place, text in enumerate(told, 1)]


def _name(row):
    return row["unit__name"]
