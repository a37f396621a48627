"""Template filters that highlight search words and cut long text around the first match."""

import re

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()

AROUND = 50  # characters before the first word
LENGTH = 160


def _pattern(words):
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


@register.filter
def marked(text, words):
    """Return the text, escaped, with the words in `<mark>`."""
    if not words:
        return text
    text, pieces, last = str(text), [], 0
    for found in _pattern(words).finditer(text):
        pieces += [("{}", text[last : found.start()]), ("<mark>{}</mark>", found[0])]
        last = found.end()
    pieces.append(("{}", text[last:]))
    return format_html_join("", "{}", ((format_html(shape, piece),) for shape, piece in pieces if piece))


@register.filter
def excerpt(text, words):
    """Return the excerpt of `text` around the first match, highlighted."""
    text = " ".join(str(text).split())
    found = _pattern(words).search(text) if words else None
    start = max(0, found.start() - AROUND) if found else 0
    cut = text[start : start + LENGTH]
    before, after = "…" if start else "", "…" if start + LENGTH < len(text) else ""
    return format_html("{}{}{}", before, marked(cut, words), after)


@register.simple_tag
def excerpt_of(report, words):
    """Return the excerpt of the report's first field that matches."""
    texts = [report.text, report.obstacles, report.next_steps]
    pattern = _pattern(words)
    return excerpt(next((text for text in texts if pattern.search(text)), report.text), words)
