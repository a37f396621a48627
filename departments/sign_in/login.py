"""The last step of signing in, and the way from the password to the code."""

import time

from django.contrib import messages
from django.contrib.auth import login
from django.shortcuts import redirect
from django.utils import timezone

from departments.models import User

from . import lockout, second_factor, sessions

WAITS = "awaits_code"
SECONDS = 300
"""So long after the password a code is taken."""


def enter_or_ask(request, user, to):
    """Ask for the code where the person has a second factor, else let them in."""
    return ask_for_code(request, user, to) if second_factor.is_on(user) else enter(request, user, to)


def enter(request, user, to):
    """Let in who proved everything that is asked for; tell what happened at the account since the last time."""
    last = sessions.last_of(user)
    login(request, user)
    lockout.forgive(user)
    if second_factor.is_forced(user) and not second_factor.is_on(user):
        request.session[second_factor.TO_SET_UP] = True
    if last:
        _notify(request, last)
    return redirect(to)


def ask_for_code(request, user, to):
    """Remember whose password was right; nobody is signed in yet."""
    request.session.cycle_key()
    request.session[WAITS] = {
        "user": user.pk,
        "backend": user.backend,
        "hash": user.get_session_auth_hash(),
        "until": time.time() + SECONDS,
        "to": to,
    }
    return redirect("departments:code")


def who_waits(request):
    """Return the person whose password was right and where they were headed; `(None, "")` where nobody waits."""
    waits = request.session.get(WAITS)
    if not waits or waits["until"] < time.time():
        return None, ""
    user = User.objects.select_related("unit").filter(pk=waits["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != waits["hash"]:
        return None, ""
    user.backend = waits["backend"]
    return user, waits["to"]


def _notify(request, last):
    when = f"{timezone.localtime(last.signed_in_at):%Y-%m-%d %H:%M}"
    said = f"上次登录：{when}，地址{last.address or '不详'}"
    if last.failures:
        messages.warning(
            request, f"{said}；此后有{last.failures}次登录失败。如非本人操作，请修改密码并告知县政府办公室。"
        )
    else:
        messages.info(request, f"{said}。")
