"""Finds the years in written texts, in any of the forms that are read (2024, ２０２４, 二〇二四), and moves them."""

import re

from wenshang_disclosure.core import numerals

_ZEROS = "〇零"
_WIDE = "０１２３４５６７８９"
_DIGIT = f"[0-9{_WIDE}{numerals.DIGITS}零]"
_FOUR_DIGITS = re.compile(rf"(?<!{_DIGIT}){_DIGIT}(?:\s*{_DIGIT}){{3}}")
_YEAR = re.compile(rf"{_FOUR_DIGITS.pattern}(?!\s*{_DIGIT})(?=\s*(?:年|[-－—~～至到.．/／]\s*{_DIGIT}))")
FIRST, LAST = 2000, 2100


def named(text):
    """Return the years from 2000 to 2100 that a text names, in order, each once: 2024年, 2024-06-30, 二〇二四年度."""
    return sorted({year for year in map(_value, _YEAR.findall(text)) if FIRST <= year <= LAST})


def moved(text, by, since=FIRST):
    """Return the text with the years that it names, from `since` on, `by` years later, each in its own form."""
    return _YEAR.sub(lambda match: _later(match[0], by, since), text)


def moved_in_deadline(text, by):
    """Return the same of a deadline that can be read, where a year may also stand without 年 (2024底前)."""
    return _FOUR_DIGITS.sub(lambda match: _later(match[0], by, FIRST), text)


def _value(digits):
    return int("".join(f"{_digit(character)}" for character in digits if not character.isspace()))


def _digit(character):
    return int(numerals.narrow(character)) if character.isdecimal() else numerals.VALUES[character]


def _later(digits, by, since):
    year = _value(digits)
    if not max(since, FIRST) <= year <= LAST:
        return digits
    zero = next((character for character in digits if character in _ZEROS), numerals.DIGITS[0])
    new = iter(f"{year + by}")
    return "".join(c if c.isspace() else _in_the_form_of(c, int(next(new)), zero) for c in digits)


def _in_the_form_of(character, digit, zero):
    if character in _WIDE:
        return _WIDE[digit]
    if character.isdecimal():
        return f"{digit}"
    return numerals.DIGITS[digit] if digit else zero
