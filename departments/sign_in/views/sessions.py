"""Page of active sessions and locks, for the office; auditors may read it."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from departments.models import SignInFailure, User, UserSession
from departments.sign_in import lockout, sessions
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.forms import carry_out
from wenshang_disclosure.core.web.pages import page_of

PAGE_SIZE = 50
NOT_THE_OFFICE = worded("登录安全由{office_short}工作人员管理。")


@login_required
@require_safe
def listing(request):
    """List active sessions, last seen first, and locks."""
    require(request.user, "departments.see_sessions", sentence=NOT_THE_OFFICE)
    active = UserSession.objects.visible_to(request.user).active().select_related("user__unit", "membership__unit")
    context = {
        "locks": lockout.locks(),
        "page": page_of(request, active.order_by("-last_seen_at", "-pk"), PAGE_SIZE),
        "own_session": request.session.get(sessions.SESSION_KEY),
    }
    return render(request, "departments/sign_in/sessions.html", context, status=context["page"].status)


@login_required
@require_POST
def lift(request, pk):
    """Release a locked account or address."""
    require(request.user, "departments.keep_sessions", sentence=NOT_THE_OFFICE)
    what = lockout.ADDRESS if request.POST.get("what") == lockout.ADDRESS else lockout.ACCOUNT
    failure = get_object_or_404(SignInFailure, pk=pk)
    return _carry_out(request, "已解除，可以立即重新登录。", lockout.lift, failure, what)


@login_required
@require_POST
def end(request, pk):
    """End one session."""
    require(request.user, "departments.keep_sessions", sentence=NOT_THE_OFFICE)
    user_session = get_object_or_404(UserSession.objects.visible_to(request.user).select_related("user"), pk=pk)
    return _carry_out(request, f"已结束{user_session.user}的登录。", sessions.end, user_session)


@login_required
@require_POST
def end_all(request, pk):
    """End all sessions of a person."""
    require(request.user, "departments.keep_sessions", sentence=NOT_THE_OFFICE)
    person = get_object_or_404(User, pk=pk)
    return _carry_out(request, f"已结束{person}的全部登录。", sessions.end_all, person)


def _carry_out(request, said, service, *args):
    carry_out(request, said, service, *args)
    return redirect("departments:sessions")
