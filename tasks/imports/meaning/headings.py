"""Numbers before headings, and the level that they stand for: 一、 above （一） above 1. above （1）."""

import re

_DIGITS = "〇零一二三四五六七八九十百"
_LEVELS = (
    re.compile(rf"^(?:第[{_DIGITS}\d]+(?:部分|章|篇|类)|[{_DIGITS}]+\s*[、.．])"),
    re.compile(rf"^[（(]\s*[{_DIGITS}]+\s*[)）]"),
    re.compile(r"^\d{1,3}\s*(?:[、．]|\.(?!\d))"),
    re.compile(r"^[（(]\s*\d{1,3}\s*[)）]"),
)


def level(text):
    """Give 0 for 一、, 1 for （一）, 2 for 1., 3 for （1）, `None` for a text without a number."""
    return next((index for index, pattern in enumerate(_LEVELS) if pattern.match(text)), None)
