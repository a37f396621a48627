"""Template tags that draw bars as SVG."""

from django import template
from django.utils.html import format_html

from reports.plots import bar_length

register = template.Library()


@register.simple_tag
def bar(part, whole, kind="done"):
    """Return a bar whose filled length is `part` of `whole`; decorative, as the figure stands beside it."""
    return format_html(
        '<svg class="bar-svg" aria-hidden="true"><rect class="b0" width="100%" height="100%" />'
        '<rect class="b-{}" width="{}" height="100%" /></svg>',
        kind,
        bar_length(part, whole),
    )


@register.simple_tag
def strip(figures, names):
    """Return `(light, start, length)` of each part of a bar of lights, in per cent; `names` are parted by spaces."""
    start, parts = 0, []
    for name in names.split():
        if figures[name]:
            parts.append((name, bar_length(start, figures["owed"]), bar_length(figures[name], figures["owed"])))
            start += figures[name]
    return parts
