"""Pages for the one-time code and for one's own second factor."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from departments.sign_in import browsers, second_factor, sessions
from departments.sign_in.forms import CodeForm, PasswordForm
from departments.sign_in.login import PENDING, finish_login, pending_login
from departments.sign_in.proof import recently_proved
from wenshang_disclosure.core.web.addresses import address_of
from wenshang_disclosure.core.web.errors import Refused

SESSION_KEY = "second_factor_key"
"""Session key: the secret on display, until a code confirms that the phone has it."""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request):
    """Ask for the one-time code after a correct password."""
    user, to = pending_login(request)
    if user is None:
        request.session.pop(PENDING, None)
        return redirect("departments:sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    browser = browsers.known_for(request, user.username)
    if form.is_bound and form.carry_out(second_factor.verify_login_code, user, address_of(request), browser=browser):
        del request.session[PENDING]
        return finish_login(request, user, to)
    return render(request, "departments/sign_in/code.html", {"form": form}, status=form.status)


@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def page(request):
    """Show the second factor, or how to set it up; a POST with a first code enables it."""
    if second_factor.is_on(request.user):
        return _current(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    key = request.session.setdefault(SESSION_KEY, second_factor.new_key())
    if form.is_bound and form.carry_out(second_factor.set_up, request.user, key):
        del request.session[SESSION_KEY]
        request.session.pop(second_factor.TO_SET_UP, None)
        sessions.end_all(request.user, by=request.user, but=request.session.get(sessions.SESSION_KEY))
        messages.success(request, "动态口令已启用，下次登录起使用。")
        return _current(request, codes=form.outcome)
    picture, letters = second_factor.to_scan(request.user, key)
    context = {"form": form, "picture": picture, "letters": letters, "forced": second_factor.is_forced(request.user)}
    return render(request, "departments/sign_in/second_factor/set_up.html", context, status=form.status)


@login_required
@sensitive_post_parameters()
@require_POST
def renew_codes(request):
    """Replace the recovery codes and show them once."""
    form = PasswordForm(request.POST, prefix="codes")
    if form.carry_out(second_factor.renew_recovery_codes, request.user, address_of(request)):
        return _current(request, codes=form.outcome)
    return _current(request, codes_form=form, status=form.status)


@login_required
@sensitive_post_parameters()
@require_POST
def switch_off(request):
    """Disable the second factor."""
    form = PasswordForm(request.POST, prefix="off")
    if form.carry_out(second_factor.switch_off, request.user, address_of(request)):
        messages.success(request, "动态口令已停用。")
        return redirect("departments:second-factor")
    return _current(request, off_form=form, status=form.status)


def _current(request, status=200, **parts):
    if not second_factor.is_on(request.user):
        raise Refused("动态口令尚未启用。")
    context = {
        "codes_left": second_factor.recovery_codes_left(request.user),
        "forced": second_factor.is_forced(request.user),
        "codes_form": PasswordForm(prefix="codes"),
        "off_form": PasswordForm(prefix="off"),
        **parts,
    }
    return render(request, "departments/sign_in/second_factor/page.html", context, status=status)
