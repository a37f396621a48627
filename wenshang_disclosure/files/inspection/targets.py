"""Targets of links in documents: on the own disk, on the network, or in a program that runs them."""

import re
from urllib.parse import unquote

OWN_DISK = re.compile(
    r"(file:[/\\]*)?[a-z][:|](?=[/\\]|[^/\\:]*$)"  # C:\…, file:///C:/…
    r"|file:[/\\]?(?![/\\])|file://(localhost)?/(?![/\\])",
    re.IGNORECASE,
)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
NETWORK_PLACE = re.compile(r"[/\\]{2}|file:", re.IGNORECASE)
RUN = re.compile(
    r"(javascript|vbscript|script|data|mhtml|mk|its|ms-[a-z-]+|search|search-ms|shell|jar|res|hcp|ldap|view-source"
    r"|about(?!:blank)):",
    re.IGNORECASE,
)
FOLLOWED = re.compile(r"(https?|ftp|mailto|tel|sms|news|about):", re.IGNORECASE)
IGNORED = re.compile(r"[\x00-\x20\u200b\ufeff]+")
NOTHING = {"", "null", "about:blank"}  # what Word writes for a picture that it lost


def plain(target):
    """Return a target without percent signs and blanks, as programs read it."""
    return IGNORED.sub("", unquote(target))


def is_nothing(target):
    """Return whether a target leads nowhere."""
    return plain(target).lower() in NOTHING


def is_absolute(target):
    """Return whether a target leads out of the file whatever the file says of it."""
    said = plain(target)
    return bool(SCHEME.match(said) or NETWORK_PLACE.match(said) or OWN_DISK.match(said))


def is_on_network(target):
    """Return whether reading a target asks another machine, or a program: everything but a path of the own disk."""
    said = plain(target)
    if OWN_DISK.match(said):
        return False
    return bool(NETWORK_PLACE.match(said) or SCHEME.match(said))


def runs(target):
    """Return whether following a link to `target` runs a program or script instead of opening a page or file."""
    return bool(RUN.match(plain(target)))


def needs_care(target):
    """Return whether a link that people follow leads to a shared folder or an unusual program."""
    said = plain(target)
    return is_on_network(target) and not FOLLOWED.match(said)
