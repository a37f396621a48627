"""Splits a cell into names of units, assigns them to roles, and compares them with known names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from tasks.imports.reading.source import compact

BOUND = re.compile(
    r"部门、(?=(?:各|有关|相关|直属)?(?:直属)?(?:单位|机构))"
    r"|(?<=乡镇)、(?=(?:各)?街道)|(?<=[乡镇])、(?=街道[（(]?办)|(?<=各乡)、(?=镇)|(?<=乡镇人民政府)、(?=(?:各)?街道办)"
    r"|(?<=各镇)、(?=(?:各)?街道)|(?<=镇街)、(?=(?:各)?部门)"
)
_PARTED = re.compile(r"[、，,；;/\n]+")
INSIDE = re.compile(r"[（(][^（()）]*[)）]")
HOLD = "\x01"
DITTO = {"同上", "〃", "”", "″", "''", '"', "同上一行"}


def split(text, known=lambda name: False):
    """Return the names of a cell in order, each once, unchanged but for stray blanks.

    `known` tells whether a name is in the register: a known name is not split.
    """
    names = []
    for line in mended(text.split("\n"), known):
        if is_known(line, known):
            names.append(compact(line) if not known(line.strip()) else line.strip())
            continue
        names += [name for piece in _pieces(line) for name in _by_blanks(piece, known)]
    return list(dict.fromkeys(name for name in names if name))


def mended(lines, known):
    """Join a name that was broken over two lines, where only the whole is known."""
    whole = []
    for line in lines:
        if whole and is_known(whole[-1] + line, known) and not (is_known(whole[-1], known) or is_known(line, known)):
            whole[-1] += line
        else:
            whole.append(line)
    return whole


def is_known(text, known):
    return known(text.strip()) or known(compact(text))


def _pieces(line):
    """Split a line at commas, but not inside brackets and not inside 部门、单位."""
    kept = BOUND.sub(lambda match: match[0].replace("、", held("、")), inside_brackets(line))
    return [re.sub(f"{HOLD}(.)", r"\1", piece).strip(" 。.：:") for piece in _PARTED.split(kept)]


def inside_brackets(line):
    """Return a line with the separators inside brackets held, so that it is not split there."""
    return INSIDE.sub(lambda match: _PARTED.sub(lambda mark: held(mark[0]), match[0]), line)


def held(mark):
    """Return a placeholder for the separators of a match, which the next split ignores."""
    return "".join(HOLD + chr(ord(character) + 0xF0000) for character in mark)


def _by_blanks(piece, known):
    piece = "".join(chr(ord(c) - 0xF0000) if ord(c) >= 0xF0000 else c for c in piece).replace(HOLD, "")
    words = piece.split()
    if len(words) < 2 or is_known(piece, known):
        return [compact(piece)]
    if all(len(word) >= 3 or known(word) for word in words):
        return words
    return [compact(piece)]


@dataclass(frozen=True)
class Likeness:
    """A known name that an unknown name may stand for, with the reason."""

    name: str
    reason: str
    score: float


_PLACE = re.compile(r"^(?:省|市|县|区|旗|州|全县|全市|全区|本县)")
_OFFICE = re.compile(r"(?:人民政府|办事处|人民政府办公室|委员会)$")
_LAST = re.compile("[局委办]$")
_SHARED = re.compile("(?:发展|服务|事务|管理)*(?:中心|局|委|办|公司|分局)$")
MIN_LIKENESS = 0.6


@lru_cache(maxsize=65_536)
def _core(name):
    """Return the name without the place before it and the kind of office after it."""
    return _OFFICE.sub("", _PLACE.sub("", compact(name)))


def _stem(core):
    """Return the distinguishing part of a name: without 局, 中心 and other common endings."""
    return _SHARED.sub("", core) or core


def _is_in_order(short, long):
    position = 0
    for character in short:
        position = long.find(character, position) + 1
        if not position:
            return False
    return True


def alike(name, known: Iterable[str], most=3, least=MIN_LIKENESS):
    """Return the known names that `name` may stand for, the most likely first; they are suggestions only."""
    found = (_likeness(compact(name), other, least) for other in known)
    return sorted(filter(None, found), key=lambda likeness: (-likeness.score, likeness.name))[:most]


def _likeness(name, other, least):
    short, long = _core(name), _core(other)
    if not short or not long:
        return None
    if short == long:
        return Likeness(other, "只差地名前缀或机关名称后缀", 1.0)
    ratio = SequenceMatcher(None, _stem(short), _stem(long), autojunk=False).ratio()
    if len(short) < len(long):
        in_order = _in_order(name, other, short, long, ratio)
        if in_order:
            return in_order
    elif len(long) >= 2 and long[0] == short[0] and _is_in_order(long, short):
        return Likeness(other, f"该名称的各字依次见于“{name}”", 0.7 + ratio / 10)
    return Likeness(other, f"名称相近，{_difference(short, long)}", ratio * 0.75) if ratio >= least else None


def _in_order(name, other, short, long, ratio):
    """Return the likeness of an abbreviation: 住建局 is found in order in 住房和城乡建设局."""
    weight = 0.8 if short[0] == long[0] else 0.6
    if len(short) >= 2 and _is_in_order(short, long):
        return Likeness(other, f"“{name}”的各字依次见于该名称，可能是简称", weight + ratio / 10)
    stem = _LAST.sub("", short)
    if len(stem) >= 2 and stem != short and _is_in_order(stem, long):
        return Likeness(other, f"“{stem}”依次见于该名称，机关名称后缀不同", weight - 0.05 + ratio / 10)
    return None


def _difference(short, long):
    matcher = SequenceMatcher(None, short, long, autojunk=False)
    lost = "".join(short[a:b] for tag, a, b, _, _ in matcher.get_opcodes() if tag in ("delete", "replace"))
    gained = "".join(long[c:d] for tag, _, _, c, d in matcher.get_opcodes() if tag in ("insert", "replace"))
    words = [f"少“{gained}”" if gained else "", f"多“{lost}”" if lost else ""]
    return "、".join(filter(None, words)) or "字序不同"


_ALL_TOWNS = re.compile(r"^(?:各|全县各?)(?:乡镇|镇街|乡（镇）|镇|乡)")
_SOME = re.compile("有关|相关")
_MANY = re.compile(
    "^(?:各|全县|县直|县政府各|县级各|市直|区直|县委各|所有|其他|其它|有关|相关)|(?:各|有关|相关)(?:部门|单位|乡镇|镇街)"
)


def looks_collective(name):
    """Return whether a name stands for several units: 各…, 有关部门."""
    return bool(_MANY.search(name)) or bool(_SOME.search(name))


def proposed_kinds(name):
    """Return the kinds that a collective appears to mean: `towns`, `departments`, `all` or `nobody` (picked by the
    office).
    """
    if _SOME.search(name):
        return "nobody"
    towns = bool(_ALL_TOWNS.search(name)) or "街道" in name
    departments = bool(re.search("部门|单位|县直|市直|区直|机关", name))
    return "all" if towns and departments else "towns" if towns else "departments"


_KINDS = (
    (re.compile("街道(?:办事处)?$"), "subdistrict"),
    (re.compile("镇(?:人民政府)?$"), "town"),
    (re.compile("乡(?:人民政府)?$"), "township"),
    (re.compile("(?:政府)?办公室$|^(?:县|市|区)?政府办$|府办$"), "office"),
    (
        re.compile("^市.*分局$|^省|税务局$|气象局$|烟草|邮政|供电公司|消防救援|人民银行|海关|金融监管|统计局.*调查队"),
        "vertical",
    ),
    (re.compile("中心$|大学$|学校$|医院$|馆$|台$|社$|研究院$|服务处$|管理处$|开发区|集团|公司"), "institution"),
)


def proposed_kind(name):
    """Return the kind of unit that a name appears to be, `department` by default."""
    return next((kind for words, kind in _KINDS if words.search(name)), "department")
