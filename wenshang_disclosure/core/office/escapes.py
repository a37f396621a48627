"""Escapes of characters in the text of Excel cells: `_x000D_` stands for one, `_x005F_x000D_` for that very text."""

import re

ESCAPE = re.compile("_x005F_(?=x[0-9A-Fa-f]{4}_)|_x00([01][0-9A-Fa-f])_")
BEFORE_CODE = re.compile("(?<=_)(?=x[0-9A-Fa-f]{4}_)")


def unescaped(text):
    """Return a cell's text, as openpyxl gives it, without escapes.

    openpyxl undoes `_x005F_` in shared strings but not in the strings that a sheet holds itself, and undoes no other.
    Of these only control characters are taken for escapes: what else is left of the form is text.
    """
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "_", text)
