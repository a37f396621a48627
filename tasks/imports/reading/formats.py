"""Numbers of Excel cells as the cell shows them, by its number format."""

import datetime as dt
import math
import re

from wenshang_disclosure.core import numerals

GENERAL = "General"
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    36: 'yyyy"年"m"月"', 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 49: "@", 50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
"""Formats that a file names by number only, as Excel shows them in China (ECMA-376, 18.8.30)."""
_PIECE = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|AM/PM|A/P|上午/下午|y+|m+|d+|h+|s+|e+|a{3,4}|0\.0+(?=;|$)|[#0?,]+|.', re.I
)
_DATE = re.compile(r"^(?:y+|m+|d+|h+|s+|e+|a{3,4})$", re.I)
_FIRST_DAYS = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}  # noqa: DTZ001
_WEEKDAYS = "一二三四五六日"
_CHINESE = re.compile("[\u4e00-\u9fff]")


def shown(value, code=GENERAL, *, since_1904=False):
    """Return the text that a cell with this number and format shows; a day is always told with its year."""
    tokens = _section(code or GENERAL, value)
    plain = [token for token in tokens if token[:1] not in '"\\_*[']
    if any(_DATE.match(token) for token in plain) and GENERAL.lower() not in "".join(plain).lower():
        return _moment(value, tokens, since_1904=since_1904)
    if not any(set(token) & set("0#?") for token in plain):
        literal = "".join(map(_literal, tokens)) if '"' in code or "\\" in code else ""
        return f"{literal}{general(value)}" if "@" not in plain else general(value)
    return _number(value, tokens, plain)


def general(value):
    """Return a number as a cell without a format shows it."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}"


def _section(code, value):
    """Return the tokens of the part of a format that holds for the value's sign."""
    sections, now = [[]], 0
    for token in _PIECE.findall(code):
        if token == ";":  # noqa: S105, no password
            sections.append([])
            now += 1
        else:
            sections[now].append(token)
    index = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    return sections[index]


def _literal(token):
    if token.startswith('"'):
        return token.strip('"')
    if token.startswith("\\"):
        return token[1:]
    return "" if token[:1] in "_*[" or token.lower() in ("general", "@") else token


def _number(value, tokens, plain):
    digits = "".join(token for token in plain if set(token) <= set("0#?.,"))
    whole, _, decimals = digits.partition(".")
    if "E" in "".join(plain).upper() or "/" in plain:
        return general(value)
    percent = "%" in plain
    number = abs(value) * (100 if percent else 1)
    text = f"{number:{',' if ',' in whole.rstrip(',') else ''}.{len(decimals)}f}"
    least = whole.count("0")
    head, dot, tail = text.partition(".")
    optional = len(decimals) - len(decimals.rstrip("#?"))
    tail = tail[: len(tail) - optional] + tail[len(tail) - optional :].rstrip("0") if optional else tail
    text = head.zfill(least) + (dot + tail if tail else "")
    first = next((i for i, token in enumerate(tokens) if set(token) & set("0#?")), 0)
    last = max((i for i, token in enumerate(tokens) if set(token) & set("0#?")), default=0)
    before, after = "".join(map(_literal, tokens[:first])), "".join(map(_literal, tokens[last + 1 :]))
    sign = "-" if value < 0 and "-" not in before and "(" not in before else ""
    return f"{sign}{before}{text}{after}"


def _moment(value, tokens, *, since_1904):
    try:
        moment = _FIRST_DAYS[since_1904] + dt.timedelta(days=float(value))
    except OverflowError:
        return general(value)
    kinds = _kinds(tokens)
    present = {kind for kind, _ in kinds if kind in "ymd"}
    if 0 <= value < 1 and not present:
        return f"{moment:%H:%M}"
    if not 1900 <= moment.year <= 2200 or value < 0:
        return general(value)
    moment += dt.timedelta(microseconds=500)
    if not present:
        return f"{moment.year}年{moment.month}月{moment.day}日"
    in_words = any(kind == "text" and _CHINESE.search(_literal(token)) for kind, token in kinds)
    if in_words and not any(kind == "m" and len(token) > 2 for kind, token in kinds):
        return _in_words(moment, kinds, present, chinese="dbnum1" in "".join(tokens).lower())
    year, month, day = f"{moment.year}年", f"{moment.month}月", f"{moment.day}日"
    if "d" in present:
        return year + month + day
    return year + month if "m" in present else year


def _kinds(tokens):
    """Return `(kind, token)`: y, m, d, t for time, w for weekday, text; an m beside hours or seconds is minutes."""
    kinds, before = [], ""
    for index, token in enumerate(tokens):
        letter = token[:1].lower()
        if not _DATE.match(token):
            kinds.append(("text", token))
            continue
        after = next((t[:1].lower() for t in tokens[index + 1 :] if _DATE.match(t)), "")
        if letter == "m" and (before == "h" or after == "s"):
            kinds.append(("t", token))
        else:
            kinds.append(({"e": "y", "h": "t", "s": "t", "a": "w"}.get(letter, letter), token))
        before = letter
    return kinds


def _in_words(moment, kinds, present, *, chinese):
    def number(value, digits=False):
        if not chinese:
            return str(value)
        return "".join(numerals.DIGITS[int(d)] for d in str(value)) if digits else numerals.write(value)

    words = {
        "y": lambda token: number(moment.year, digits=True),
        "m": lambda token: number(moment.month),
        "d": lambda token: number(moment.day) if len(token) < 3 else _WEEKDAYS[moment.weekday()],
        "w": lambda token: ("星期" if len(token) > 3 else "") + _WEEKDAYS[moment.weekday()],
        "t": lambda token: "",
        "text": _literal,
    }
    timed = any(kind == "t" for kind, _ in kinds)
    kept = [(kind, token) for kind, token in kinds if not (timed and kind == "text" and _literal(token) in ":时分秒 ")]
    text = "".join(words[kind](token) for kind, token in kept)
    return text if "y" in present else f"{moment.year}年{text}"
