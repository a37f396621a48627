"""Proof of identity again before what weakens an account or changes somebody else's (再次验证)."""

import time
from functools import wraps

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from . import lockout, second_factor

PROVED_AT = "proved_at"
"""Session key: when the person last gave a password or a code, in seconds since the epoch."""
PROOF_SECONDS = 15 * 60
ASK = "为保护账号，办理此事前请再次验证身份。已填写的内容保留在本机，验证后自动恢复。"


def note(request):
    """Note that the person has just proved who they are."""
    request.session[PROVED_AT] = time.time()


def note_on_login(sender, request, user, **kwargs):
    """Note the proof of signing in; receiver of `user_logged_in`."""
    note(request)


def is_recent(request):
    """Return whether the person of the session proved who they are within the last quarter of an hour."""
    return time.time() - request.session.get(PROVED_AT, 0) < PROOF_SECONDS


def prove(user, address, *, password="", code=""):
    """Check the password, or a code of the second factor. Raises `Refused` where it is wrong or the account waits."""
    if code and second_factor.is_on(user):
        second_factor.verify_login_code(user, address, code=code)
    else:
        lockout.prove(user, address, password)


def recently_proved(view):
    """Ask who sends a POST to prove who they are, unless they did within the last quarter of an hour."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method != "POST" or not request.user.is_authenticated or is_recent(request):
            return view(request, *args, **kwargs)
        return ask(request, _page_of(request))

    return guarded


def ask(request, to):
    """Redirect to the page that asks for the proof and leads on to the path `to`."""
    messages.info(request, ASK)
    query = QueryDict(mutable=True)
    query["next"] = to
    address = f"{reverse('departments:prove')}?{query.urlencode(safe='/')}"
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)


def _page_of(request):
    """Return the address of the page from which the request was sent: what was typed on it is restored there."""
    page = request.headers.get("Referer", "")
    return page if own_address(request, page) else reverse("home")


def own_address(request, address):
    """Return whether the address is one of this host's."""
    return url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
