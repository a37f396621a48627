"""Addresses of pages, found once a process: a page leads to a hundred others."""

from functools import cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

STANDS_FOR_ID = 987654321


def address_of_page(name, *ids):
    """Return what `reverse` gives for a page whose arguments are ids."""
    before, *after = _parts(name, len(ids), get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)
    return before + "".join(f"{pk:d}{part}" for pk, part in zip(ids, after, strict=True)) if ids else before


def is_id(value):
    """Return whether a value is an id, and no word that has to be quoted in an address."""
    return type(value) is int


@cache
def _parts(name, number, prefix, urlconf):
    """Return the address of the page in the parts between its ids."""
    ids = [STANDS_FOR_ID + place for place in range(number)]
    parts, rest = [], reverse(name, args=ids)
    for pk in ids:
        before, _, rest = rest.partition(str(pk))
        parts.append(before)
    return [*parts, rest]
