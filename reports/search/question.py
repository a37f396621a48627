"""Parsing of search queries."""

import re
import unicodedata
from dataclasses import dataclass

from wenshang_disclosure.core import numerals
from wenshang_disclosure.core.folding import fold

MAX_CHARS = 100

NUMBER = re.compile(rf"第?\s*(\d{{1,6}}|[{numerals.NUMERALS}]{{1,7}})\s*[条项号]?")
BARE_CHINESE = re.compile(f"[{numerals.NUMERALS}]+")


class BadQuestion(ValueError):
    """An invalid query; holds the Chinese sentence to show beside the search box."""


@dataclass(frozen=True)
class Question:
    """The words to match, and the row number if the whole query is one."""

    words: tuple[str, ...]
    number: int | None = None


def read(text):
    """Return the `Question` in `text`, without words if it is blank. Raises `BadQuestion`."""
    text = text.strip()
    if len(text) > MAX_CHARS:
        raise BadQuestion(f"检索词请控制在{MAX_CHARS}个字以内。")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in "".join(text.split())):
        raise BadQuestion("检索词中有无法识别的字符，请重新输入。")
    words = tuple(word for word in text.split() if fold(word))
    return Question(words, _number(text))


def _number(text):
    """Return 12 for 第12条, 第12项, 12号, 12 and 第十二条.

    `None` for bare Chinese numerals such as 一, which are ordinary words too.
    """
    plain = unicodedata.normalize("NFKC", text)
    found = NUMBER.fullmatch(plain)
    if found is None or BARE_CHINESE.fullmatch(plain):
        return None
    return int(found[1]) if found[1].isdecimal() else numerals.read(found[1])
