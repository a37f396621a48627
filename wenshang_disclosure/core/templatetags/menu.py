"""Lines of the menu. Written here and not as a template: each page has some twenty."""

from functools import cache
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wenshang_disclosure.core.web.links import address_of_page

from .core_tags import icon, is_here

register = template.Library()
KEEPS, CURRENT = " data-keeps", ' aria-current="page"'
INSIDE = '>{}<span class="full">{}</span><span class="short" aria-hidden="true">{}</span></a>'


@register.simple_tag(takes_context=True)
def menu_item(context, name, text, sign, short="", also="", keeps=False, own=False, **counted):
    """Return the line that leads to the page `name`, with an icon and a text, and `short` for the narrow menu.

    The line is marked on that page and on those of the names in `also`. `keeps` says whether the chosen year and day go
    along, `own` that the page is cut to the user's unit. `counted` is as for `_count`.
    """
    address = address_of_page(name)
    query = dict(context.get("kept") or {}) if keeps or own else {}
    if own and context["user"].unit_id:
        query["unit"] = context["user"].unit_id
    if query:
        address = f"{address}?{urlencode(query).replace('&', '&amp;')}"
    marks = f"{KEEPS if keeps else ''}{CURRENT if is_here(context, name, also) else ''}"
    count = _count(name, **counted) if counted.get("count") else ""
    return SafeString(f'<li>\n  <a href="{address}"{marks}{_inside(sign, text, short)}\n  {count}\n</li>\n')


@cache
def _inside(sign, text, short):
    return format_html(INSIDE, icon(sign), text, short or text)


def _count(name, count, count_of, measure, count_query="", count_list=""):
    """Return the number of what waits, which leads to the list of it; `count_of` and `measure` say what is counted."""
    return format_html(
        '<a class="pill" href="{}{}" aria-label="{}{}{}">{}</a>',
        address_of_page(count_list or name),
        count_query,
        count_of,
        count,
        measure,
        count,
    )
