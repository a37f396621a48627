"""By which letters a Chinese name is found: its pinyin and its initials, from any syllable on."""

import re
import unicodedata
from itertools import islice, product

from pypinyin import Style, pinyin

MOST_READINGS = 12  # of one name whose characters are read in several ways
LETTERS = re.compile(r"[a-z0-9]+")


def search_key(*names):
    """Return the words that a name is found by, each after a blank: ask for `" " + letters` to find what begins so.

    县商务局 gives xswj, swj, wj, j and xianshangwuju, shangwuju, wuju, ju. A character that is read in several ways
    counts in each of them where that gives few readings, else as it is usually read.
    """
    words = {}
    for name in filter(None, names):
        for syllables in _readings(name):
            words |= dict.fromkeys("".join(part[0] for part in syllables[i:]) for i in range(len(syllables)))
            words |= dict.fromkeys("".join(syllables[i:]) for i in range(len(syllables)))
    return "".join(f" {word}" for word in words)


def as_letters(text):
    """Return typed text as pinyin letters, empty where it is none.

    `Zhu'jian` is zhujian, and full-width letters are letters.
    """
    letters = unicodedata.normalize("NFKC", text).lower().replace("ü", "v").replace("'", "").replace("’", "")
    return letters if LETTERS.fullmatch(letters) else ""


def _readings(name):
    """Return each way to read the name, as a list of syllables."""
    characters = unicodedata.normalize("NFKC", name)
    heard = [_parts(readings) for readings in pinyin(characters, style=Style.NORMAL, heteronym=True, errors=_as_typed)]
    heard = [readings for readings in heard if readings]
    ways = list(islice(product(*heard), MOST_READINGS + 1))
    if len(ways) > MOST_READINGS:
        usual = pinyin(characters, style=Style.NORMAL, errors=_as_typed)
        ways = [[readings[0] for readings in map(_parts, usual) if readings]]
    return ways


def _as_typed(characters):
    """Return each letter or digit of what is not Chinese by itself."""
    return list(characters)


def _parts(readings):
    """Keep the readings that are letters or digits."""
    return [reading for reading in map(as_letters, readings) if reading]
