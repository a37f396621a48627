"""The leading figures of the dashboard, each with its direction against 30 days before."""

from dataclasses import dataclass

from reports import figures
from reports.figures import DAYS_BEFORE
from wenshang_disclosure.core.rates import per_cent


@dataclass(frozen=True)
class Leading:
    """One figure as displayed; `arrow` is "up", "down" or "", `mood` says whether that is "good", "bad" or ""."""

    name: str
    label: str
    value: str
    unit: str
    note: str
    href: str
    change: str = ""
    arrow: str = ""
    mood: str = ""


def figures_of(totals, before, by_unit, period, asked, to):
    """Return the four figures; `before` are the sums of the units 30 days before, `None` where there are none."""
    earlier = None if before is None else figures.totals(before.values())
    return [
        _completed(totals, earlier, to),
        _overdue(totals, earlier, by_unit, to),
        _on_time(totals, earlier, to),
        _reported(period, asked, to),
    ]


def _completed(now, before, to):
    rate = per_cent(now["done"], now["owed"])
    earlier = before and per_cent(before["done"], before["owed"])
    note = f"办结{now['done']}件，应办{now['owed']}件"
    change = _change(rate, earlier, "个百分点", more="good")
    return Leading("done", "办结率", _number(rate), "%", note, to.duties(light="done"), *change)


def _overdue(now, before, by_unit, to):
    late = [sums for sums in by_unit.values() if sums["overdue"]]
    note = f"{len(late)}个单位，最长{max(sums['late_by'] for sums in late)}天" if late else "没有逾期事项"
    change = _change(now["overdue"], before and before["overdue"], "件", more="bad")
    return Leading("overdue", "逾期", _number(now["overdue"]), "件", note, to("tasks:overdue"), *change)


def _on_time(now, before, to):
    rate = per_cent(now["on_time"], now["done"])
    earlier = before and per_cent(before["on_time"], before["done"])
    late = now["done"] - now["on_time"]
    note = f"逾期后办结{late}件" if late else ("没有逾期后办结的" if now["done"] else "还没有办结的事项")
    change = _change(rate, earlier, "个百分点", more="good")
    return Leading("on_time", "按时办结率", _number(rate), "%", note, to.duties(completion="on_time"), *change)


def _reported(period, asked, to):
    """Return how much of what the period asks for was reported; in the place of a change stands how long it runs."""
    wanted, reported = (sum(counts[place] for counts in asked.values()) for place in (0, 1))
    silent = sum(counts[0] > 0 and not counts[1] for counts in asked.values())
    note = f"已报{reported}件，应报{wanted}件" + (f"；{silent}个单位未报" if silent else "")
    href = to("reports:submitted-reports", submitted_from=period.since, submitted_to=period.as_of)
    rate = _number(per_cent(reported, wanted))
    return Leading("reported", f"{period.title}已报", rate, "%", note, href, change=_days(period.days_left))


def _days(left):
    if left is None:
        return ""
    if left < 0:
        return f"已过截止日期{-left}天"
    return f"还有{left}天" if left else "今天截止"


def _number(value):
    return "—" if value is None else f"{value:g}"


def _change(now, before, unit, *, more):
    """Return the change in words, its arrow and its mood; `more` is the mood of an increase."""
    difference = figures.difference(now, before)
    if difference is None:
        return "", "", ""
    if not difference:
        return f"与{DAYS_BEFORE}天前持平", "", ""
    is_more = difference > 0
    mood = more if is_more else {"good": "bad", "bad": "good"}[more]
    return f"{abs(difference):g}{unit}", "up" if is_more else "down", mood
