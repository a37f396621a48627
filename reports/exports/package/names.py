"""Names that Windows, WPS and Linux open, however a unit wrote them."""

import re
import unicodedata
from pathlib import PurePath

LONGEST = 180  # UTF-16 units of a whole path: with the folder it is unpacked to, Windows takes 260
LONGEST_NAME = 240  # bytes of one name: file systems of Linux take 255, a Chinese character has three
NAMELESS = "未命名"

# Windows refuses the first nine; the last two are read as marks in the address of a link.
FULL_WIDTH = str.maketrans('\\/:*?"<>|#%', "＼／：＊？＂＜＞｜＃％")
UNSEEN = {"Cc", "Cf", "Cs", "Cn"}  # control characters, marks that reorder text, halves of characters, no characters
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³")}
EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}")


def clean(text):
    """Return text as it can stand in a name: one line, nothing that any system refuses or hides."""
    seen = (c for c in unicodedata.normalize("NFC", text) if c.isspace() or unicodedata.category(c) not in UNSEEN)
    name = " ".join("".join(seen).translate(FULL_WIDTH).split()).strip(" .") or NAMELESS
    return f"_{name}" if name.partition(".")[0].strip().upper() in DEVICES else name


def extension_of(file_name):
    """Return the extension of an uploaded file with its dot; nothing where that is no plain one."""
    extension = PurePath(file_name).suffix
    return extension if EXTENSION.fullmatch(extension) else ""


def length(text):
    """Count characters as Windows does: those beyond the basic plane are two."""
    return len(text.encode("utf-16-le")) // 2


def shortened(text, longest, octets=LONGEST_NAME):
    """Cut clean text to a length and to a number of bytes."""
    units = text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")
    return units.encode()[:octets].decode(errors="ignore").rstrip(" .")


class Folder:
    """Gives out names within one folder, each once: the second of a name gets a number."""

    def __init__(self, path=""):
        """Take the path of the folder, with its closing stroke."""
        self.path, self._next = path, {}

    def take(self, name, extension="", longest=LONGEST):
        """Return a free path for a clean name, at most `longest` long with what stands before it."""
        room = longest - length(self.path) - len(extension)
        stem = shortened(name, room, LONGEST_NAME - len(extension))
        number = self._next.get(_same(stem + extension), 1)
        found = stem + extension
        while _same(found) in self._next:
            number += 1
            mark = f"（{number}）"
            cut = shortened(name, room - len(mark), LONGEST_NAME - len(extension) - len(mark.encode()))
            found = cut + mark + extension
        self._next[_same(stem + extension)] = number
        self._next.setdefault(_same(found), 1)
        return self.path + found


def _same(name):
    """Windows holds names for the same that differ in capital letters alone."""
    return unicodedata.normalize("NFKC", name).casefold()
