"""Template tags and filters available in every template."""

from functools import cache
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from wenshang_disclosure.core.rates import in_per_cent
from wenshang_disclosure.core.region import current
from wenshang_disclosure.core.web import prose as written
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.links import address_of_page, is_id
from wenshang_disclosure.core.web.static_files import address_or_nothing

register = template.Library()


@register.simple_tag(takes_context=True)
def can(context, permission, obj=None):
    """Return whether the user has the named permission, the same one that the service requires."""
    return may(context["request"].user, permission, obj)


@register.simple_tag
def region(word):
    """Return a name of the region or of its office, by the attribute of `Region`: `{% region "office_short" %}`."""
    return getattr(current(), word)


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
    for name in ("page", "menu"):
        query.pop(name, None)
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
    address = address_of_page(name, *args) if all(map(is_id, args)) else reverse(name, args=args)
    return f"{address}?{query}" if query else address


@register.simple_tag
def address(name, *ids):
    """Return the address of a page whose arguments are ids: faster than `url`, for tables."""
    return address_of_page(name, *ids)


@register.simple_tag(takes_context=True)
def is_here(context, name, also=""):
    """Return whether this page is the one named `name`, or one of the names in `also`, parted by spaces."""
    match = context["request"].resolver_match
    return match is not None and match.view_name in (name, *also.split())


FIRST_LINE_FIELDS = 5
OF_THE_HEAD = ("plan",)
"""Filters that are chosen in the head of every page, and nowhere else."""


@register.simple_tag
def filter_fields(form, first=""):
    """Return the fields of a filter form: `first` and `more`, how many of `more` are `set`, and whether one is `wrong`.

    Where there are too many for one line, those named in `first`, parted by spaces, are the first. `hidden_errors` are
    those of fields that are not shown.
    """
    fields = [field for field in form.visible_fields() if field.name not in OF_THE_HEAD]
    names = first.split() if len(fields) > FIRST_LINE_FIELDS else []
    more = [field for field in fields if names and field.name not in names]
    shown = [field for name in names for field in fields if field.name == name] or fields
    hidden = [*form.hidden_fields(), *(form[name] for name in OF_THE_HEAD if name in form.fields)]
    return {
        "first": shown,
        "more": more,
        "set": sum(field.value() not in (None, "", []) for field in more),
        "wrong": any(field.errors for field in more),
        "hidden_errors": [error for field in hidden for error in field.errors],
    }


@register.simple_tag
def takes_several(field):
    """Return whether several values of a field can be chosen."""
    return getattr(field.field.widget, "allow_multiple_selected", False)


MANY_OPTIONS = 12


@register.simple_tag
def options_of(field):
    """Return what a menu of boxes shows: its `boxes`, what its button says, whether there are many."""
    ticked = {str(value) for value in field.value() or ()}
    options = [(value, label, str(value) in ticked) for value, label in field.field.choices]
    chosen = [str(label) for _, label, is_ticked in options if is_ticked]
    none_chosen = getattr(field.field.widget, "none_chosen", "全部")
    measure = "个" if hasattr(field.field, "queryset") else "种"
    said = chosen[0] if len(chosen) == 1 else f"{len(chosen)}{measure}" if chosen else none_chosen
    return {
        "boxes": SafeString("".join(_box(field.html_name, *option) for option in options)),
        "said": f"{field.label}：{said}" if len(chosen) > 1 else said,
        "spoken": f"{field.label}：{said}",
        "measure": measure,
        "none_chosen": none_chosen,
        "are_many": len(options) > MANY_OPTIONS,
    }


def _box(name, value, label, is_ticked):
    checked, value, label = " checked" if is_ticked else "", conditional_escape(value), conditional_escape(label)
    return (
        f'<label><input type="checkbox" class="form-check-input" name="{name}" value="{value}"{checked}>{label}</label>'
    )


@register.simple_tag(takes_context=True)
def without(context, name):
    """Return the query string of this page without a parameter, from its first page on."""
    return here(context, **{name: ""})


@register.simple_tag(takes_context=True)
def cleared(context):
    """Return the query string of this page without filters: the year, the day and the columns stay."""
    query, kept = context["request"].GET, context.get("kept") or {}
    chosen = {name: query[name] for name in ("columns", "per_page") if query.get(name)}
    return f"?{urlencode({**kept, **chosen})}"


@register.simple_tag(takes_context=True)
def view_query(context, filters):
    """Return the query string of a list with these filters: the year, the day and the columns stay."""
    kept = cleared(context)
    return f"{kept}&{filters}" if filters and kept != "?" else f"{kept}{filters}"


@register.simple_tag(takes_context=True)
def view_address(context, view):
    """Return the address of a saved view in the year and on the day that are kept through all pages."""
    return view.address_in(context.get("kept") or {})


@register.filter
def words(text):
    """Return the words of a text that are parted by spaces."""
    return text.split()


@register.simple_tag(takes_context=True)
def carried(context, *left_out):
    """Return `[(name, value)]` of this page's query without the named parameters, for hidden fields of a form."""
    query = context["request"].GET
    return [(name, value) for name in query for value in query.getlist(name) if name not in (*left_out, "page", "menu")]


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
