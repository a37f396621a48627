"""Middleware for signed-in people."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from . import second_factor, sessions

ALWAYS_OPEN = ("departments:sign-out", "departments:prove")


class SessionMiddleware:
    """End requests whose session was ended, idle or too old, before anything reads the user. One query a request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if _uses_tokens(request):
            return self.get_response(request)
        if request.user.is_authenticated and not sessions.is_active(request):
            sessions.end_expired(request)
            messages.info(request, "您的登录已结束，请重新登录。已填写的文字保留在本机，登录后自动恢复。")
        return self.get_response(request)


class PasswordChangeMiddleware:
    """Redirect people with an initial password to the page that changes it, then to a required second factor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if _uses_tokens(request) or not request.user.is_authenticated:
            return self.get_response(request)
        page = _required_page(request)
        if page is None or request.path in (reverse(page), *map(reverse, ALWAYS_OPEN)):
            return self.get_response(request)
        return HttpResponseClientRedirect(reverse(page)) if request.htmx else redirect(page)


def _uses_tokens(request):
    """Return whether a token opens the address and no session does; the description of the API is a page with a schema,
    and a session opens both.
    """
    of_a_session = (settings.API_ROOT, f"{settings.API_ROOT}openapi.json")
    return request.path_info.startswith(settings.API_ROOT) and request.path_info not in of_a_session


def _required_page(request):
    if request.user.must_change_password:
        return "departments:password"
    return "departments:second-factor" if second_factor.TO_SET_UP in request.session else None
