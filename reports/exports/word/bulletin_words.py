"""Sentences of the bulletin, generated from the figures."""

from reports import figures
from tasks.choices import Light
from wenshang_disclosure.core import numerals
from wenshang_disclosure.core.rates import in_per_cent, per_cent
from wenshang_disclosure.core.region import whole_region

from .summary import leading, overdue

OPEN = ("待审核", "推进中", "临期", "未启动", "逾期")
MAX_ASKED_BY_NAME = 10
ASKED = {
    Light.OVERDUE.value: (
        "限期办理逾期事项。{units}，逾期事项共{number}件，请于{day}前办结并报送进展情况和佐证材料；"
        "届时仍不能办结的，书面说明原因和办结时间。"
    ),
    Light.DUE_SOON.value: (
        "盯紧临期事项。{units}，临近时限和退回待补正的事项共{number}件，请在完成时限前办结；退回的，请于{day}前补正。"
    ),
    Light.NOT_STARTED.value: (
        "尽快启动工作。{units}，尚未启动的事项共{number}件，请明确责任人，于{day}前首次报送进展情况。"
    ),
    Light.ON_TRACK.value: "持续推进落实。{units}，正在推进的事项共{number}件，请在完成时限前办结并及时申报办结。",
}
"""What is asked of the units by the light of their duties."""


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


def change(last, before, now):
    """Return the sentence on the change since the last bulletin, from the counts of both days."""
    told = [_step(name, now[name] - before[name]) for name in ("应办", "办结", "逾期")]
    points = figures.difference(*(_per_cent(row) for row in (now, before)))
    if points:
        told.insert(2, f"办结率{'提高' if points > 0 else '下降'}{abs(points):.1f}个百分点")
    return f"与第{last.number}期通报（截至{in_words(last.as_of)}）相比，{'，'.join(told)}。"


def _per_cent(row):
    return per_cent(row["办结"], row["应办"])


def _step(name, number):
    return f"{name}{'增加' if number > 0 else '减少'}{abs(number)}件" if number else f"{name}件数没有变化"


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


def requirements(units, day):
    """Return what the units are asked to do and by when, by the lights of their open duties; a general one without.

    `units` are their counted rows, `day` is the one by which they answer. What waits for the office asks nothing of
    them.
    """
    told = []
    for name, text in ASKED.items():
        asked = [row for row in units if row[name]]
        if asked:
            number = sum(row[name] for row in asked)
            told.append(text.format(units=_asked(asked, name), number=number, day=in_words(day)))
    if not told:
        told.append("巩固工作成果。各单位要做好公开内容的动态更新。")
    return [{"序号": f"（{numerals.write(place)}）", "文字": text} for place, text in enumerate(told, 1)]


def _asked(units, name):
    """Return the units of which something is asked by name; where they are many, by their column in the annex."""
    if len(units) > MAX_ASKED_BY_NAME:
        return f"附件“{Light(name).label}”栏所列的{len(units)}个单位"
    return "、".join(f"{row['label']}（{row[name]}件）" for row in units)


def of_lagging(found, shown):
    """Return the sentence before the table of the rows with overdue duties, `shown` of which it has."""
    if not found:
        return ""
    number = sum(row["件数"] for row in found)
    more = f"，件数居前的{shown}项如下" if shown < len(found) else "，具体如下"
    return f"存在逾期事项的任务共{len(found)}项、{number}件{more}："


def of_the_rest(rest):
    """Return the sentence on the rows that the table leaves out, "" if there are none."""
    if not rest:
        return ""
    numbers = "、".join(f"第{number}项" for number in sorted(row["任务序号"] for row in rest))  # 项 lets lines break
    return f"其余{len(rest)}项任务（{numbers}）另有逾期事项{sum(row['件数'] for row in rest)}件。"


def _name(row):
    return row["unit__name"]
