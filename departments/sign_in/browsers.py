"""Known browsers: where an account has signed in once, the failures of others do not stop it (ASVS 5.0 6.3.1).

A signed cookie names the accounts that signed in with the browser. It proves nothing about who sits there: password and
code are asked as ever, and its own failures are counted by themselves, with the same limit. A new password ends it.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from .backends import account_named

COOKIE = "known_browser"
SALT = "departments.known_browser"
MAX_AGE_SECONDS = 365 * 24 * 3600
MAX_ACCOUNTS = 5
"""Accounts that one browser is known for, since colleagues share computers; the latest ones."""


def cookie():
    """Return the cookie's name: bound to the host where it is sent over TLS only."""
    return f"__Host-{COOKIE}" if settings.SESSION_COOKIE_SECURE else COOKIE


def remember(request, response, user):
    """Let the response make the browser known for a person who has just signed in or changed the password."""
    others = [entry for entry in _entries(request) if entry[0] != user.pk]
    entries = [[user.pk, _mark(user), secrets.token_urlsafe(9)], *others][:MAX_ACCOUNTS]
    response.set_cookie(
        cookie(),
        signing.dumps(entries, salt=SALT),
        max_age=MAX_AGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_for(request, username):
    """Return the id under which the browser is known for the account of that user name, "" if it is not."""
    entries = _entries(request)
    user = account_named(username) if entries else None
    return next((key for pk, mark, key in entries if user and pk == user.pk and mark == _mark(user)), "")


def _entries(request):
    try:
        return signing.loads(request.COOKIES.get(cookie(), ""), salt=SALT, max_age=MAX_AGE_SECONDS)
    except signing.BadSignature:
        return []


def _mark(user):
    """Return what changes with the password."""
    return salted_hmac(SALT, f"{user.pk} {user.get_session_auth_hash()}", algorithm="sha256").hexdigest()[:16]
