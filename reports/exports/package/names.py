"""File names that are valid on Windows and Linux and in links of WPS."""

import re
import unicodedata
from pathlib import PurePath

MAX_PATH_UNITS = 180  # UTF-16 code units of a path: Windows allows 260 including the target folder
MAX_NAME_BYTES = 240  # Linux file systems allow 255; a Chinese character has three
NAMELESS = "未命名"

# The first nine are invalid on Windows; the last two have a meaning in links.
FULL_WIDTH = str.maketrans('\\/:*?"<>|#%', "＼／：＊？＂＜＞｜＃％")
UNSEEN = {"Cc", "Cf", "Cs", "Cn"}  # control and format characters, surrogates, unassigned code points
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³")}
EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}")


def clean(text):
    """Return text as a valid file name: one line, without reserved, control and invisible characters."""
    seen = (c for c in unicodedata.normalize("NFC", text) if c.isspace() or unicodedata.category(c) not in UNSEEN)
    name = " ".join("".join(seen).translate(FULL_WIDTH).split()).strip(" .") or NAMELESS
    return f"_{name}" if name.partition(".")[0].strip().upper() in DEVICES else name


def extension_of(file_name):
    """Return the extension of an uploaded file with its dot, "" if it is not a plain one."""
    extension = PurePath(file_name).suffix
    return extension if EXTENSION.fullmatch(extension) else ""


def length(text):
    """Return the length in UTF-16 code units, as Windows counts it."""
    return len(text.encode("utf-16-le")) // 2


def shortened(text, max_units, max_bytes=MAX_NAME_BYTES):
    """Return clean text truncated to a number of UTF-16 code units and of UTF-8 bytes."""
    units = text.encode("utf-16-le")[: 2 * max_units].decode("utf-16-le", "ignore")
    return units.encode()[:max_bytes].decode(errors="ignore").rstrip(" .")


class Folder:
    """Allocation of unique names in one folder: the second of a name gets a number."""

    def __init__(self, path=""):
        """Start without names; `path` ends with a slash."""
        self.path, self._next = path, {}

    def take(self, name, extension="", max_units=MAX_PATH_UNITS):
        """Return an unused path for a clean name, at most `max_units` long including the folder."""
        room = max_units - length(self.path) - len(extension)
        stem = shortened(name, room, MAX_NAME_BYTES - len(extension))
        number = self._next.get(_same(stem + extension), 1)
        found = stem + extension
        while _same(found) in self._next:
            number += 1
            mark = f"（{number}）"
            cut = shortened(name, room - len(mark), MAX_NAME_BYTES - len(extension) - len(mark.encode()))
            found = cut + mark + extension
        self._next[_same(stem + extension)] = number
        self._next.setdefault(_same(found), 1)
        return self.path + found


def _same(name):
    """Return the key under which two names are the same on Windows, which ignores case."""
    return unicodedata.normalize("NFKC", name).casefold()
