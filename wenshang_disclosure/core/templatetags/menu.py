"""Lines of the menu. Written here and not as a template: each page has some twenty."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from .core_tags import icon, is_here, keep

register = template.Library()
KEEPS, CURRENT = mark_safe(" data-keeps"), mark_safe(' aria-current="page"')
LINE = """<li>
  <a href="{}"{}{}>{}<span class="full">{}</span><span class="short" aria-hidden="true">{}</span></a>
  {}
</li>
"""


@register.simple_tag(takes_context=True)
def menu_item(context, name, text, sign, short="", also="", keeps=False, own=False, **counted):
    """Return the line that leads to the page `name`, with an icon and a text, and `short` for the narrow menu.

    The line is marked on that page and on those of the names in `also`. `keeps` says whether the chosen year and day go
    along, `own` that the page is cut to the user's unit. `counted` is as for `_count`.
    """
    unit = {"unit": context["user"].unit_id} if own else {}
    address = keep(context, name, **unit) if keeps or own else reverse(name)
    return format_html(
        LINE,
        address,
        KEEPS if keeps else "",
        CURRENT if is_here(context, name, also) else "",
        icon(sign),
        text,
        short or text,
        _count(name, **counted) if counted.get("count") else "",
    )


def _count(name, count, count_of, measure, count_query="", count_list=""):
    """Return the number of what waits, which leads to the list of it; `count_of` and `measure` say what is counted."""
    return format_html(
        '<a class="pill" href="{}{}" aria-label="{}{}{}">{}</a>',
        reverse(count_list or name),
        count_query,
        count_of,
        count,
        measure,
        count,
    )
