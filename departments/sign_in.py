"""Who may sign in, with what password, and what comes first after a password that somebody else gave."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect


class SignInBackend(ModelBackend):
    """Accounts that are switched on, with the password that is kept here; demo accounts only on a trial run."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        """Where the directory alone counts (LDAP_ONLY), a password that is kept here is an administrator's only.

        It is checked also where it counts for nothing, so that the time it takes tells nothing.
        """
        user = super().authenticate(request, username=username, password=password, **kwargs)
        return None if user and settings.LDAP_ONLY and not user.is_staff else user

    def user_can_authenticate(self, user):
        """Tell whether the account may be used here (design §9)."""
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.is_demo)


def has_to_change_password(request):
    """Tell whether who is signed in typed a password that somebody else gave; a directory's is no matter of ours."""
    typed_ours = request.session.get(BACKEND_SESSION_KEY) == f"{__name__}.{SignInBackend.__name__}"
    return request.user.must_change_password and typed_ours


class LongEnough(MinimumLengthValidator):
    """Django's own check of the length, in Chinese."""

    def get_error_message(self):
        """Say what is asked for."""
        return f"密码太短，至少要有{self.min_length}个字符。"

    def get_help_text(self):
        """Say it beforehand."""
        return f"密码至少要有{self.min_length}个字符。"


class FirstSignIn:
    """Sends a person whose password somebody else gave to change it, before anything else."""

    def __init__(self, get_response):
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request):
        """Let through who has a password of her own, and the way to one."""
        if request.path_info.startswith(settings.API_ROOT):  # its own check; a browser's session means nothing there
            return self.get_response(request)
        if not (request.user.is_authenticated and has_to_change_password(request)):
            return self.get_response(request)
        change = reverse("departments:password")
        if request.path in (change, reverse("departments:sign-out")):
            return self.get_response(request)
        return HttpResponseClientRedirect(change) if request.htmx else redirect(change)
