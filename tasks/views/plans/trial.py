"""Pages of a trial installation: loading the demo, and clearing it; there are none on a real one."""

import io
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.management import call_command
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tasks.services.plans import trial
from wenshang_disclosure.core.web.errors import Conflict, Refused, require


def on_a_trial(view):
    """Restrict a view to administrators of an installation that runs with DEBUG on; it does not exist elsewhere."""

    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.DEBUG:
            raise Http404
        require(request.user, "departments.name_region", sentence=trial.ONLY_ADMINISTRATORS)
        return view(request, *args, **kwargs)

    return guarded


@on_a_trial
@require_http_methods(["GET", "HEAD", "POST"])
def clear(request):
    """Say what will be cleared, and clear it; everybody has to sign in anew."""
    refusal = None if trial.is_trial() else Refused(trial.NOT_HERE)
    if request.method == "POST" and refusal is None:
        trial.clear(by=request.user)
        logout(request)
        messages.success(request, "已清除，系统与刚安装时一样。请用演示的系统管理员账号登录，按“开通准备”办理。")
        return redirect("home")
    context = {"contents": trial.contents(), "refusal": refusal}
    return render(request, "tasks/plans/setup/clear.html", context, status=refusal.status if refusal else 200)


@on_a_trial
@require_POST
def load(request):
    """Load the demo into an empty trial installation."""
    if not trial.is_empty_trial():
        raise Conflict("只有空的试用系统可以载入演示数据。")
    call_command("load_demo", as_is=True, stdout=io.StringIO())
    messages.success(request, "演示数据已载入，本年度办理到昨天。看完可以从菜单“清除演示数据”一步清除。")
    return redirect("home")
