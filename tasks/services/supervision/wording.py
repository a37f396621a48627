"""Texts of reminders with placeholders (占位词) in braces, filled in with the words of a unit's rows."""

import re

from tasks.choices import Light
from wenshang_disclosure.core.web.errors import Refused

PLACEHOLDER = re.compile(r"(?<![{｛])[{｛]\s*([^{}｛｝\n]*?)\s*[}｝](?![}｝])")
"""A name in single braces, also those of a Chinese keyboard; double ones are text."""
INNER_QUOTES = str.maketrans("“”", "‘’")
MAX_REQUIREMENT_CHARS = 24
MAX_NUMBERS = 12
MAX_DAYS = 3


def _day(day):
    return f"{day.year}年{day.month}月{day.day}日"


def _in_short(words, most):
    """Return different words in one line: all of up to `most`, otherwise the first ones."""
    words = list(dict.fromkeys(words))
    return "、".join(words[:most]) + ("等" if len(words) > most else "")


def _requirements(duties, answer_by):
    first = duties[0].task.requirement.rstrip("。").translate(INNER_QUOTES)
    short = first if len(first) <= MAX_REQUIREMENT_CHARS else f"{first[:MAX_REQUIREMENT_CHARS]}……"
    return f"“{short}”" + (f"等{len(duties)}件" if len(duties) > 1 else "")


def _deadlines(duties, answer_by):
    days = sorted({duty.due_on for duty in duties if duty.due_on})
    return _in_short([_day(day) for day in days], MAX_DAYS) or "长期坚持"


def _days_overdue(duties):
    return max((duty.days_overdue for duty in duties if duty.light == Light.OVERDUE), default=0)


def _lateness(duties, answer_by):
    most, late = _days_overdue(duties), sum(duty.light == Light.OVERDUE for duty in duties)
    if not late:
        return "尚未逾期"
    if len(duties) == 1:
        return f"已逾期{most}天"
    return f"其中{late}件逾期，最长{most}天" if late < len(duties) else f"均已逾期，最长{most}天"


PLACEHOLDERS = {
    "单位": ("单位全称", lambda duties, answer_by: duties[0].unit.name),
    "件数": ("所催事项的件数", lambda duties, answer_by: f"{len(duties)}"),
    "序号": (
        "所催事项的序号",
        lambda duties, answer_by: _in_short([str(duty.task.number) for duty in duties], MAX_NUMBERS),
    ),
    "事项": ("具体要求的开头", _requirements),
    "时限": ("完成时限", _deadlines),
    "逾期天数": ("最长的逾期天数", lambda duties, answer_by: f"{_days_overdue(duties)}"),
    "逾期情况": ("是否逾期、几天", _lateness),
    "答复期限": ("请在哪一天前回复", lambda duties, answer_by: _day(answer_by)),
}
"""By its name: what a placeholder stands for, and its words for a unit's duties (with lights) and the day to answer."""

LIST_OF_NAMES = "、".join(f"{{{name}}}" for name in PLACEHOLDERS)


def check(text, field="text"):
    """Raise `Refused` where the text has a placeholder that does not exist."""
    unknown = [name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        named = "、".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        raise Refused(f"没有{named}这样的占位词，请改用{LIST_OF_NAMES}，或者去掉花括号。", field=field)


def fill(text, duties, answer_by):
    """Return the text for one unit, whose `duties` (with lights, units and rows) it is about."""
    return PLACEHOLDER.sub(lambda found: PLACEHOLDERS[found[1]][1](duties, answer_by), text)


def by_unit(text, duties, answer_by):
    """Return `{unit: text}` as each unit will read it, in the order of the duties."""
    shares = {}
    for duty in duties:
        shares.setdefault(duty.unit, []).append(duty)
    return {unit: fill(text, own, answer_by) for unit, own in shares.items()}


def text_for_round(one):
    """Return the text for the units that have not reported in a round."""
    title = one.title.translate({ord(brace): None for brace in "{}｛｝"})
    return (
        f"{{单位}}：报送批次“{title}”{_day(one.closes_on)}截止，你单位尚有{{件数}}件未报送（第{{序号}}项）。"
        "请于{答复期限}前报送；没有进展的，书面说明原因。"
    )
