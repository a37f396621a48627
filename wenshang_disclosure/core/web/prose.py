"""What people wrote, as HTML: escaped, with links on addresses, and lines with tabs as tables."""

import re
from itertools import groupby

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe

ADDRESS = re.compile(r"""https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:[/?\#][!-~]*)?""")
"""An address in a text: what is not ASCII, as Chinese punctuation and the words after it, ends it. A user name before
the host (`https://www.gov.cn@elsewhere`) is no part of it."""
NOT_IN_ADDRESSES = '<>"`{}|\\^'
AT_THE_END = ".,;:!?'\"*~"
"""Punctuation of the sentence around an address, where it stands at its end."""
BRACKETS = {")": "(", "]": "["}
MIN_ROWS = 2
"""Lines with tabs that make a table; a tab in a single line is only wide space."""


def linked(text):
    """Return the text as HTML in which addresses (http, https) are links."""
    pieces, end = [], 0
    for match in ADDRESS.finditer(text):
        address = _trimmed(match[0])
        pieces += [escape(text[end : match.start()]), _link(address)]
        end = match.start() + len(address)
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308 - each piece is escaped


def lines(text):
    """Return the text as HTML with links and line breaks."""
    return mark_safe(linked(_plain(text)).replace("\n", "<br>"))  # noqa: S308 - escaped by `linked`


def prose(text):
    """Return the text as HTML: paragraphs with links, and lines with tabs, as pasted from Word or Excel, as tables."""
    blocks = []
    for has_tabs, group in groupby(_plain(text).strip("\n").split("\n"), key=lambda line: "\t" in line):
        group = list(group)
        if has_tabs and len(group) >= MIN_ROWS:
            blocks.append(_table(group))
        else:
            paragraphs = re.split(r"\n{2,}", "\n".join(group).strip("\n"))
            blocks += [format_html("<p>{}</p>", lines(paragraph)) for paragraph in paragraphs if paragraph]
    return mark_safe("\n".join(blocks))  # noqa: S308 - each block is escaped


def _plain(text):
    return str(text if text is not None else "").replace("\r\n", "\n").replace("\r", "\n")


def _link(address):
    return format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', address, address)


def _trimmed(address):
    """Return the address without what belongs to the sentence around it."""
    address = re.split(f"[{re.escape(NOT_IN_ADDRESSES)}]", address)[0]
    while address[-1] in AT_THE_END or _closes_nothing(address):
        address = address[:-1]
    return address


def _closes_nothing(address):
    opening = BRACKETS.get(address[-1])
    return opening is not None and address.count(address[-1]) > address.count(opening)


def _table(rows):
    cells = [row.split("\t") for row in rows]
    width = max(len(row) for row in cells)
    cells = [row + [""] * (width - len(row)) for row in cells]
    body = format_html_join("", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", _linked(row)),) for row in cells))
    return format_html('<div class="pasted-table"><table>{}</table></div>', body)


def _linked(row):
    return ((linked(cell.strip()),) for cell in row)
