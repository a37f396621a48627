"""Who is signed in, and who has to wait after failures: for the office, the auditor looks."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from departments.models import SignInFailure, User, UserSession
from departments.sign_in import lockout, sessions
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.forms import carry_out

SHOWN = 50
NOT_THE_OFFICE = "登录安全由县政府办公室工作人员管理。"


@login_required
@require_safe
def listing(request):
    """Everybody who is signed in now, the latest seen first, and what is locked."""
    require(request.user, "departments.see_sessions", sentence=NOT_THE_OFFICE)
    going_on = UserSession.objects.visible_to(request.user).going_on().select_related("user__unit")
    context = {
        "locks": lockout.locks(),
        "page": Paginator(going_on.order_by("-last_seen_at", "-pk"), SHOWN).get_page(request.GET.get("page")),
        "own_session": request.session.get(sessions.KEY),
    }
    return render(request, "departments/sign_in/sessions.html", context)


@login_required
@require_POST
def lift(request, pk):
    """Let a locked account or address try again."""
    require(request.user, "departments.keep_sessions", sentence=NOT_THE_OFFICE)
    what = lockout.ADDRESS if request.POST.get("what") == lockout.ADDRESS else lockout.ACCOUNT
    failure = get_object_or_404(SignInFailure, pk=pk)
    return _done(request, "已解除，可以立即重新登录。", lockout.lift, failure, what)


@login_required
@require_POST
def end(request, pk):
    """End one stay."""
    require(request.user, "departments.keep_sessions", sentence=NOT_THE_OFFICE)
    user_session = get_object_or_404(UserSession.objects.visible_to(request.user).select_related("user"), pk=pk)
    return _done(request, f"已结束{user_session.user}的登录。", sessions.end, user_session)


@login_required
@require_POST
def end_all(request, pk):
    """End every stay of a person."""
    require(request.user, "departments.keep_sessions", sentence=NOT_THE_OFFICE)
    person = get_object_or_404(User, pk=pk)
    return _done(request, f"已结束{person}的全部登录。", sessions.end_all, person)


def _done(request, said, service, *args):
    carry_out(request, said, service, *args)
    return redirect("departments:sessions")
