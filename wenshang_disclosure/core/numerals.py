"""Conversion of Chinese numerals (十二, 二〇二四) and full-width digits, and heading numbers (一、 （一） 1. （1）)."""

import re

DIGITS = "〇一二三四五六七八九"
NUMERALS = DIGITS + "零两十百"
VALUES = {digit: value for value, digit in enumerate(DIGITS)} | {"零": 0, "两": 2}
TENS = re.compile(r"(?:(?P<hundreds>[^十百]?)百零?)?(?:(?P<tens>[^十百]?)十)?(?P<ones>[^十百]?)")
NARROW = str.maketrans("０１２３４５６７８９．－／（）", "0123456789.-/()")
OF_HEADINGS = "〇零一二三四五六七八九十百"
LEVELS = (
    re.compile(rf"^(?:第[{OF_HEADINGS}\d]+(?:部分|章|篇|类)|[{OF_HEADINGS}]+\s*[、.．])"),
    re.compile(rf"^[（(]\s*[{OF_HEADINGS}]+\s*[)）]"),
    re.compile(r"^\d{1,3}\s*(?:[、．]|\.(?!\d))"),
    re.compile(r"^[（(]\s*\d{1,3}\s*[)）]"),
)
NUMBERING = re.compile(f"^(（[{DIGITS}十]+）|[{DIGITS}十]+、)")


def read(numeral):
    """Return the value of a Chinese numeral below 1,000 or written digit by digit, `None` if it is not a numeral.

    Examples: 十二 is 12, 一百零五 is 105, 二〇二四 is 2024.
    """
    if not numeral:
        return None
    if all(character in VALUES for character in numeral):
        return int("".join(str(VALUES[digit]) for digit in numeral))
    found = TENS.fullmatch(numeral)
    if found is None or not set(numeral) <= set(NUMERALS):
        return None
    hundreds, tens, ones = (found[name] for name in ("hundreds", "tens", "ones"))
    return 100 * _count(hundreds) + 10 * _count(tens) + VALUES.get(ones, 0)


def _count(digit):
    """Return the number of tens or hundreds: 0 if the sign is missing, 1 if it has no digit before it."""
    return 0 if digit is None else VALUES.get(digit, 1)


def write(number):
    """Return 1 to 99 as a Chinese numeral (12 is 十二), other numbers in digits."""
    tens, ones = divmod(number, 10)
    if not 1 <= number <= 99:
        return str(number)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[ones] if ones else "")


def narrow(text):
    """Return the text with full-width digits, and the punctuation between them, in half-width form."""
    return text.translate(NARROW)


def heading_level(text):
    """Return the level of a heading: 0 for 一、, 1 for （一）, 2 for 1., 3 for （1）, `None` without a number."""
    return next((level for level, pattern in enumerate(LEVELS) if pattern.match(text)), None)


def without_number(heading):
    """Return a heading without its 一、 or （一）."""
    return NUMBERING.sub("", heading)
