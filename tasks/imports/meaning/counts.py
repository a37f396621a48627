"""Reads how often a requirement asks for something: 每年至少开展2次 is a target count of 2."""

import re

from wenshang_disclosure.core import numerals

_NUMBER = r"(\d{1,3}|[一二两三四五六七八九十])"
_THING = "(?:次|场|期|篇|条|件|个|项|批|轮|例)"
_PER = {"每年": 1, "全年": 1, "年内": 1, "年度": 1, "每半年": 2, "每季度": 4, "每季": 4, "每月": 12, "每个月": 12}
_LEAST = "(?:至少|不少于|不低于)"
_TIMES = rf"{_NUMBER}{_THING}"
_EACH = "|".join(sorted(_PER, key=len, reverse=True))
_ASKED = re.compile(rf"(?:(?P<per>{_EACH})[^，。；、]{{0,12}}?)?{_LEAST}[^，。；、\d]{{0,8}}?{_TIMES}")
_EVERY = re.compile(rf"(?P<per>每年|全年|每半年|每季度|每季|每月|每个月)[^，。；、\d]{{0,8}}?{_TIMES}")


def target_count(text):
    """Return `(count, words)` of the first number of times that `text` requires, else `(None, "")`."""
    match = _ASKED.search(text) or _EVERY.search(text)
    if match is None:
        return None, ""
    number = match[2]
    value = int(number) if number.isdecimal() else numerals.read(number)
    return (value * _PER[match["per"] or "每年"]) or None, match[0]
