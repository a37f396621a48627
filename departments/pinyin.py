"""Search keys of Chinese names: full pinyin and initials, from any syllable on."""

import re
import unicodedata
from itertools import islice, product

MAX_READINGS = 12  # of one name with ambiguous characters
LETTERS = re.compile(r"[a-z0-9]+")


def search_key(*names):
    """Return the search key of the names: words, each after a space, so that `" " + letters` finds their beginnings.

    县商务局 gives xswj, swj, wj, j and xianshangwuju, shangwuju, wuju, ju. Characters with several readings are indexed
    by each, up to `MAX_READINGS` per name, otherwise by the most common one.
    """
    words = {}
    for name in filter(None, names):
        for syllables in _readings(name):
            words |= dict.fromkeys("".join(part[0] for part in syllables[i:]) for i in range(len(syllables)))
            words |= dict.fromkeys("".join(syllables[i:]) for i in range(len(syllables)))
    return "".join(f" {word}" for word in words)


def as_letters(text):
    """Return typed text as pinyin letters, empty if it contains anything else.

    `Zhu'jian` becomes zhujian; full-width letters are normalised.
    """
    letters = unicodedata.normalize("NFKC", text).lower().replace("ü", "v").replace("'", "").replace("’", "")
    return letters if LETTERS.fullmatch(letters) else ""


def _readings(name):
    """Return the readings of the name, each a list of syllables."""
    from pypinyin import Style, pinyin  # its tables take 55 MB, and few pages write a name

    characters = unicodedata.normalize("NFKC", name)
    heard = [_parts(readings) for readings in pinyin(characters, style=Style.NORMAL, heteronym=True, errors=_as_typed)]
    heard = [readings for readings in heard if readings]
    ways = list(islice(product(*heard), MAX_READINGS + 1))
    if len(ways) > MAX_READINGS:
        usual = pinyin(characters, style=Style.NORMAL, errors=_as_typed)
        ways = [[readings[0] for readings in map(_parts, usual) if readings]]
    return ways


def _as_typed(characters):
    """Return non-Chinese characters one by one."""
    return list(characters)


def _parts(readings):
    """Return the readings that consist of letters or digits."""
    return [reading for reading in map(as_letters, readings) if reading]
