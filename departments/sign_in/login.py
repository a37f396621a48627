"""Completion of signing in, and the state between password and one-time code."""

import time

from django.contrib import messages
from django.contrib.auth import login
from django.shortcuts import redirect
from django.utils import timezone

from departments.models import User
from wenshang_disclosure.core.region import office_name

from . import browsers, lockout, second_factor, sessions

PENDING = "awaits_code"
CODE_VALID_SECONDS = 300
"""How long after the password a code is accepted."""


def continue_login(request, user, to):
    """Redirect to the code page if the person has a second factor, otherwise sign them in."""
    return ask_for_code(request, user, to) if second_factor.is_on(user) else finish_login(request, user, to)


def finish_login(request, user, to):
    """Sign in a fully authenticated person, show the last sign-in, and redirect to `to`."""
    last = sessions.last_of(user)
    login(request, user)
    lockout.forgive(user, browser=browsers.known_for(request, user.username))
    if due_on := second_factor.set_due(user):
        _ask_for_second_factor(request, user, due_on)
    if last:
        _report_last_login(request, last)
    response = redirect(to)
    browsers.remember(request, response, user)
    return response


def ask_for_code(request, user, to):
    """Store in the session whose password was correct, without signing in, and redirect to the code page."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk,
        "backend": user.backend,
        "hash": user.get_session_auth_hash(),
        "until": time.time() + CODE_VALID_SECONDS,
        "to": to,
    }
    return redirect("departments:code")


def pending_login(request):
    """Return the person who still has to enter a code and their destination, `(None, "")` if there is none."""
    pending = request.session.get(PENDING)
    if not pending or pending["until"] < time.time():
        return None, ""
    user = User.objects.select_related("unit").filter(pk=pending["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != pending["hash"]:
        return None, ""
    user.backend = pending["backend"]
    return user, pending["to"]


def _ask_for_second_factor(request, user, due_on):
    if second_factor.is_due(user):
        request.session[second_factor.TO_SET_UP] = True
    else:
        messages.warning(request, f"您的角色须使用动态口令，请于{due_on:%Y-%m-%d}前在“个人设置”中启用。")


def _report_last_login(request, last):
    when = f"{timezone.localtime(last.signed_in_at):%Y-%m-%d %H:%M}"
    said = f"上次登录：{when}，地址{last.address or '不详'}"
    if last.failures:
        messages.warning(
            request, f"{said}；此后有{last.failures}次登录失败。如非本人操作，请修改密码并告知{office_name()}。"
        )
    else:
        messages.info(request, f"{said}。")
