"""What a request of a signed-in person passes first."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from . import second_factor, sessions


class SessionMiddleware:
    """Puts out whose stay was ended, sat idle or is too old, before anything asks who it is. One query a page."""

    def __init__(self, get_response):
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request):
        """Go on as nobody where the stay is over; what was typed waits in the browser."""
        if request.path_info.startswith(settings.API_ROOT):  # a browser's session means nothing there
            return self.get_response(request)
        if request.user.is_authenticated and not sessions.still_on(request):
            sessions.put_out(request)
            messages.info(request, "您的登录已结束，请重新登录。已填写的文字保留在本机，登录后自动恢复。")
        return self.get_response(request)


class PasswordChangeMiddleware:
    """Sends a person whose password somebody else gave to change it, before anything else; then to a second factor."""

    def __init__(self, get_response):
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request):
        """Let through who owes nothing, and the way to it."""
        if request.path_info.startswith(settings.API_ROOT) or not request.user.is_authenticated:
            return self.get_response(request)
        first = _first(request)
        if first is None or request.path in (reverse(first), reverse("departments:sign-out")):
            return self.get_response(request)
        return HttpResponseClientRedirect(reverse(first)) if request.htmx else redirect(first)


def _first(request):
    if request.user.must_change_password:
        return "departments:password"
    return "departments:second-factor" if second_factor.TO_SET_UP in request.session else None
