"""A user's own settings: contact, calendar address, API tokens and sessions."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.own import TokenForm
from departments.models import ApiToken, UserSession
from departments.services import people, tokens
from departments.sign_in import second_factor, sessions
from departments.sign_in.proof import recently_proved
from tasks.forms.supervision.mail import OwnSettingsForm
from tasks.services.deadlines import calendar
from wenshang_disclosure.audit import denials
from wenshang_disclosure.core.web.forms import carry_out


def _page(request, form=None, address="", status=200, **tokens_part):
    user = request.user
    own = {name: getattr(user, name) for name in OwnSettingsForm.base_fields}
    context = {
        "form": form or OwnSettingsForm(initial=own),
        "address": address,
        "has_calendar": people.has_calendar(user),
        "mail_is_on": settings.MAIL_IS_ON,
        "tokens": ApiToken.objects.of(user).select_related("membership__unit"),
        "token_form": TokenForm(),
        "sessions": UserSession.objects.filter(user=user).active(),
        "own_session": request.session.get(sessions.SESSION_KEY),
        "second_factor": second_factor.is_on(user),
        **tokens_part,
    }
    return render(request, "tasks/me/page.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def me(request):
    """Show the settings, or save the user's contact settings."""
    if request.method != "POST":
        return _page(request)
    form = OwnSettingsForm(request.POST)
    if form.carry_out(people.set_own, request.user):
        messages.success(request, "个人设置已保存。")
        return redirect("tasks:me")
    return _page(request, form, status=form.status)


@login_required
@require_POST
@recently_proved
def new_calendar(request):
    """Create a calendar address and show it once; the previous one becomes invalid."""
    secret = people.issue_calendar_key(request.user)
    path = reverse("tasks:calendar", args=[secret])
    address = f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)
    return _page(request, address=address)


@login_required
@require_POST
def end_calendar(request):
    """Delete the calendar address."""
    people.revoke_calendar_key(request.user)
    messages.success(request, "日历地址已停用，此前订阅的日历不再更新。")
    return redirect("tasks:me")


@login_required
@require_POST
@recently_proved
def new_token(request):
    """Create an API token and show its secret once."""
    form = TokenForm(request.POST)
    if form.carry_out(tokens.make, request.user, by=request.user):
        return _page(request, secret=form.outcome)
    return _page(request, token_form=form, status=form.status)


@login_required
@require_POST
def revoke_token(request, pk):
    """Revoke one of the user's own tokens."""
    token = get_object_or_404(ApiToken.objects.filter(user=request.user), pk=pk)
    carry_out(request, f"接口令牌“{token.name}”已停用，使用它的程序不能再读取。", tokens.revoke, token)
    return redirect("tasks:me")


@login_required
@require_POST
def end_session(request, pk):
    """End another of the user's own sessions."""
    user_session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    carry_out(request, "已结束该登录。", sessions.end, user_session)
    return redirect("tasks:me")


@login_required
@require_POST
def end_other_sessions(request):
    """End all sessions of the user but the current one."""
    count = sessions.end_all(request.user, by=request.user, but=request.session.get(sessions.SESSION_KEY))
    messages.success(request, f"已结束其他{count}处登录。" if count else "没有其他登录。")
    return redirect("tasks:me")


@require_safe
def ics(request, secret):
    """Return the calendar that the secret identifies: calendar programs cannot sign in.

    A wrong secret is noted in the audit trail.
    """
    user = people.owner_of_calendar(secret)
    if user is None:
        denials.note(denials.CALENDARS)
        raise Http404
    return HttpResponse(
        calendar.feed(user),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": 'inline; filename="calendar.ics"',
        },
    )
