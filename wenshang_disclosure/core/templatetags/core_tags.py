"""Template tags and filters available in every template."""

from functools import cache
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html

from wenshang_disclosure.core.rates import in_per_cent
from wenshang_disclosure.core.web import prose as written
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.static_files import address_or_nothing

register = template.Library()


@register.simple_tag(takes_context=True)
def can(context, permission, obj=None):
    """Return whether the user has the named permission, the same one that the service requires."""
    return may(context["request"].user, permission, obj)


@register.simple_tag
def static_if_there(name):
    """Return the URL of a static file, empty if it was not collected: error pages need no static file."""
    return address_or_nothing(name)


@register.simple_tag
@cache
def icon(name):
    """Return the SVG of a decorative icon of the local sprite."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/tabler-icons-3.51.0/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def here(context, **changes):
    """Return the query string of this page with values changed; an empty value removes one. `page` is dropped."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def keep(context, name, *args, **changes):
    """Return the URL of a page with the year and the day that the user has chosen (`kept`), and with `changes`."""
    query = {**(context.get("kept") or {}), **changes}
    query = urlencode({key: value for key, value in query.items() if value not in (None, "")})
    address = reverse(name, args=args)
    return f"{address}?{query}" if query else address


@register.simple_tag(takes_context=True)
def is_here(context, name, also=""):
    """Return whether this page is the one named `name`, or one of the names in `also`, parted by spaces."""
    match = context["request"].resolver_match
    return match is not None and match.view_name in (name, *also.split())


FIRST_LINE_FIELDS = 6


@register.simple_tag
def filter_fields(form, first=""):
    """Return the fields of a filter form: `first` and `more`, how many of `more` are `set`, and whether one is `wrong`.

    Where there are too many for one line, those named in `first`, parted by spaces, are the first.
    """
    fields = form.visible_fields()
    names = first.split() if len(fields) > FIRST_LINE_FIELDS else []
    more = [field for field in fields if names and field.name not in names]
    return {
        "first": [field for field in fields if field not in more],
        "more": more,
        "set": sum(field.value() not in (None, "") for field in more),
        "wrong": any(field.errors for field in more),
    }


@register.filter
def percent(part, whole):
    """Return `part / whole` as a percentage with one decimal, a dash if `whole` is 0."""
    return in_per_cent(part, whole)


@register.filter
def at(mapping, key):
    """Return the value of `key`, `None` if it is missing."""
    return mapping.get(key) if mapping else None


@register.filter
def prose(text):
    """Return what a person wrote as paragraphs, with links on addresses and tables as they were pasted."""
    return written.prose(text)


@register.filter
def lines(text):
    """Return what a person wrote with line breaks and links on addresses."""
    return written.lines(text)
