"""Tags that every template has."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html

from wenshang_disclosure.core.web.errors import may

register = template.Library()


@register.simple_tag(takes_context=True)
def can(context, permission, obj=None):
    """Return whether the signed-in person has the named permission: the same name that the service requires."""
    return may(context["request"].user, permission, obj)


@register.simple_tag
def icon(name):
    """Draw an icon of the local sprite; it says nothing by itself."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/tabler-icons-3.51.0/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def here(context, **changes):
    """Return the query string of this page with some values changed; an empty value takes one out."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}" if query else "?"


@register.filter
def percent(part, whole):
    """Return `part` of `whole` in per cent with one digit, or a dash where there is no whole."""
    return f"{part / whole:.1%}" if whole else "—"


@register.filter
def at(mapping, key):
    """Return what a dict has under a key, nothing where it has none."""
    return mapping.get(key) if mapping else None
