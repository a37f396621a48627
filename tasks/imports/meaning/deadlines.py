"""Reads the meaning of a written deadline: a day, a recurrence or ongoing; ambiguous texts are not guessed (design: The
table).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from wenshang_disclosure.core import numerals

ONGOING = "ongoing"


@dataclass(frozen=True)
class Deadline:
    """A day, or a recurrence with the day of its period (`None` for the end of the period)."""

    due_on: date | None = None
    recurrence: str = ""
    recurrence_day: int | None = None


_NUMERAL = re.compile(f"[{numerals.DIGITS}零十]+")
_TAIL = "(?:之?前|以前|内|之内|止|为止|完成|办结|底|末|份)*"
_BEFORE_A_PERIOD = re.compile("(?:月|旬|季度?|年|份)(?:之|以)?前")
_YEAR = r"(?:(?P<year>\d{4})年?度?|(?P<rel>今年|本年|当年|次年|明年|翌年))?"
_ONGOING = re.compile(
    "(?:长期|持续|常态|即时|及时|随时|实时|动态|日常|不间断|常年|贯穿全年|全年|坚持|推进|开展|进行|更新|公开|实施|抓好|落实|做好|化|性|地|工作|任务|、|并|和)+"
)
_ONGOING_WORD = re.compile("长期|持续|常态|即时|及时|随时|实时|动态|日常|不间断|常年|全年")
_RECURRING = re.compile(
    r"每(?:个)?(?P<unit>周|月|季度?|半年)(?:度)?(?:(?P<day>\d{1,2})[日号]|(?:的)?(?P<end>最后(?:一|1)[天日]|底|末))?"
    + _TAIL
)
_WEEKDAY = re.compile(r"每(?:个)?(?:周|星期)[1-7日天]" + _TAIL)
_KINDS = {"周": "weekly", "月": "monthly", "季": "quarterly", "季度": "quarterly", "半年": "half_yearly"}
_DOTTED = re.compile(r"(?P<year>\d{4})[.\-/](?P<month>\d{1,2})(?:[.\-/](?P<day>\d{1,2}))?" + _TAIL)
_LOST_ZERO = re.compile(r"^\d{4}\.1(?![\d.])")  # 2026.10 that Excel made 2026.1
_MONTH_DAY = re.compile(_YEAR + r"(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号]|(?P<third>[上中下])旬|)" + _TAIL)
_QUARTER = re.compile(_YEAR + r"第?(?P<quarter>[1-4])季度?" + _TAIL)
_HALF = re.compile(_YEAR + r"(?P<half>[上下])半年" + _TAIL)
_YEAR_END = re.compile(
    r"(?:(?P<year>\d{4})年?|(?P<rel>今年|本年|当年|次年|明年|翌年|每年|全年))?(?:年)?(?:年底|年末|底|末|年内|年)?"
    + _TAIL
)
_SAYS_A_YEAR = re.compile(r"\d{4}|[今本当次明翌每全]年|年[底末内]|底|末")
_NEXT = {"次年", "明年", "翌年"}
_THIRDS = {"上": 10, "中": 20, "下": None}


@lru_cache(maxsize=4096)
def read(text, year):
    """Return the `Deadline` that `text` means in a plan of `year`; `None` where it is ambiguous.

    A blank text is ongoing: on paper, a row without a deadline has none.
    """
    plain = _plain(text)
    if not plain:
        return Deadline(recurrence=ONGOING)
    if _ONGOING.fullmatch(plain) and _ONGOING_WORD.search(plain):
        return Deadline(recurrence=ONGOING)
    if _BEFORE_A_PERIOD.search(plain):  # 7月前 may mean the end of June or of July
        return None
    if _LOST_ZERO.match(plain):
        return None
    for pattern, give in _PATTERNS:
        match = pattern.fullmatch(plain)
        if match:
            return give(match, year)
    return None


def _plain(text):
    """Return the text without blanks and closing marks, its digits narrow, its Chinese numerals as digits."""
    text = "".join(numerals.narrow(text).split()).strip("。；;，,、()")
    text = re.sub(r"(?<=[日号])(?:24|23:59|18:00|17:30|17:00|24:00)[时点]?(?=之?前|$)", "", text)
    text = re.sub(r"^(\d{2})(?=年\d{1,2}月)", r"20\1", text)
    text = re.sub("^(?:不晚于|不迟于|最迟|于|在|截至|截止到?|完成时限[:：]|时限[:：])|(?:左右)$", "", text)
    return _NUMERAL.sub(lambda match: str(numerals.read(match[0]) or 0), text)


def _year_of(match, year):
    if match["year"]:
        return int(match["year"])
    return year + 1 if match["rel"] in _NEXT else year


def _day(year, month, day=None):
    """Return the `Deadline` on a day, the last of the month by default; `None` for a day that does not exist."""
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        return None
    last = monthrange(year, month)[1]
    if day is not None and not 1 <= day <= last:
        return None
    return Deadline(date(year, month, day or last))


def _recurring(match, year):
    day = int(match["day"]) if match["day"] else None
    if day is not None and (match["unit"] != "月" or not 1 <= day <= 31):
        return None
    return Deadline(recurrence=_KINDS[match["unit"]], recurrence_day=day)


def _weekday(match, year):
    return Deadline(recurrence="weekly")


def _dotted(match, year):
    return _day(int(match["year"]), int(match["month"]), int(match["day"]) if match["day"] else None)


def _month_day(match, year):
    day = int(match["day"]) if match["day"] else _THIRDS[match["third"]] if match["third"] else None
    return _day(_year_of(match, year), int(match["month"]), day)


def _quarter(match, year):
    return _day(_year_of(match, year), int(match["quarter"]) * 3)


def _half(match, year):
    return _day(_year_of(match, year), 6 if match["half"] == "上" else 12)


def _year_end(match, year):
    if not _SAYS_A_YEAR.search(match[0]):
        return None
    return _day(_year_of(match, year), 12)


_PATTERNS = (
    (_RECURRING, _recurring),
    (_WEEKDAY, _weekday),
    (_DOTTED, _dotted),
    (_MONTH_DAY, _month_day),
    (_QUARTER, _quarter),
    (_HALF, _half),
    (_YEAR_END, _year_end),
)
