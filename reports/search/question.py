"""What somebody types into the search box, and what it asks for."""

import re
import unicodedata
from dataclasses import dataclass

from wenshang_disclosure.core import numerals

LIMIT = 100  # characters

NUMBER = re.compile(rf"第?\s*(\d{{1,6}}|[{numerals.NUMERALS}]{{1,7}})\s*[条项号]?")
BARE_CHINESE = re.compile(f"[{numerals.NUMERALS}]+")


class BadQuestion(ValueError):
    """A question that cannot be asked; carries the sentence to show beside the box."""


@dataclass(frozen=True)
class Question:
    """The words, each of which has to be found, and the number of a row where the whole question is one."""

    words: tuple[str, ...]
    number: int | None = None


def read(text):
    """Read typed text; nothing typed has no words. Raises `BadQuestion`."""
    text = text.strip()
    if len(text) > LIMIT:
        raise BadQuestion(f"检索词请控制在{LIMIT}个字以内。")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in "".join(text.split())):
        raise BadQuestion("检索词中有无法识别的字符，请重新输入。")
    return Question(tuple(text.split()), _number(text))


def _number(text):
    """Give 12 for 第12条, 第12项, 12号, 12 and 第十二条; nothing for words such as 一 that only might be meant so."""
    plain = unicodedata.normalize("NFKC", text)
    found = NUMBER.fullmatch(plain)
    if found is None or BARE_CHINESE.fullmatch(plain):
        return None
    return int(found[1]) if found[1].isdecimal() else numerals.read(found[1])
