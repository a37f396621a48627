"""Template filters that highlight search words and cut long text around the first match."""

from django import template
from django.utils.html import format_html, format_html_join

from wenshang_disclosure.core.folding import matches

register = template.Library()

AROUND = 50  # characters before the first word
LENGTH = 160


@register.filter
def marked(text, words):
    """Return the text, escaped, with the words in `<mark>`."""
    if not words:
        return text
    text, pieces, last = str(text), [], 0
    for start, end in matches(text, words):
        pieces += [("{}", text[last:start]), ("<mark>{}</mark>", text[start:end])]
        last = end
    pieces.append(("{}", text[last:]))
    return format_html_join("", "{}", ((format_html(shape, piece),) for shape, piece in pieces if piece))


@register.filter
def excerpt(text, words):
    """Return the excerpt of `text` around the first match, highlighted."""
    text = " ".join(str(text).split())
    first, _ = next(matches(text, words), (0, 0))
    start = max(0, first - AROUND)
    cut = text[start : start + LENGTH]
    before, after = "…" if start else "", "…" if start + LENGTH < len(text) else ""
    return format_html("{}{}{}", before, marked(cut, words), after)


@register.simple_tag
def excerpt_of(report, words):
    """Return the excerpt of the report's first field that matches."""
    texts = [report.text, report.obstacles, report.next_steps]
    return excerpt(next((text for text in texts if any(matches(text, words))), report.text), words)
