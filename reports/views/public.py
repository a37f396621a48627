"""The open page (公开页面) and the same as .csv and .json: for everybody, without signing in."""

import hashlib
import json as encode

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from reports.exports import public_page
from tasks.models import Plan
from wenshang_disclosure.core.web.errors import require

KEPT_SECONDS = 600
KEPT_OUTSIDE = "public, max-age=300"


def _html(shown, **more):
    """Render without the request: nothing of the visitor's can get into an answer that is kept for the next one."""
    parts = public_page.by_headings(shown["tasks"])
    return render_to_string("reports/public/page.html", {**shown, "parts": parts, **more}).encode()


def _json(shown):
    return encode.dumps(shown, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _open_to_all(content_type, render, name=None):
    """Return a view that answers with the open plan of a year, rendered by `render`."""

    @require_safe
    @conditional_page
    def view(request, year):
        plan = Plan.objects.open_in(year) if year < 10_000 else None
        if plan is None:
            raise Http404
        response = HttpResponse(_kept(plan, render), content_type=content_type)
        response["Cache-Control"] = KEPT_OUTSIDE
        if name:
            response["Content-Disposition"] = f'inline; filename="{name.format(year)}"'
        _forget_who_asks(request)
        return response

    return view


def _kept(plan, render):
    """Return the answer, made anew after ten minutes, on a new day, and at once when the office marks or hides a
    report.

    The reports that stand on the page now are part of the key: a kept answer with others is never found again.
    """
    now = (timezone.localdate(), plan.title, plan.has_demo_activity, public_page.shown_reports(plan))
    key = f"public:{plan.pk}:{render.__name__}:{hashlib.sha256(repr(now).encode()).hexdigest()}"
    return cache.get_or_set(key, lambda: render(public_page.read(plan)), KEPT_SECONDS)


def _forget_who_asks(request):
    """Keep the session out of the answer: it is kept by caches between us and others, and must carry no cookie."""
    del request.session


page = _open_to_all("text/html; charset=utf-8", _html)
csv = _open_to_all("text/csv; charset=utf-8", public_page.as_csv, "tasks-{}.csv")
json = _open_to_all("application/json", _json)


@login_required
@require_safe
def preview(request, pk):
    """The page as it would stand now, for the office, whether it is open or not."""
    require(request.user, "tasks.publish")
    plan = get_object_or_404(Plan.objects.issued(), pk=pk)
    return HttpResponse(_html(public_page.read(plan), is_preview=True, is_open=plan.is_public, plan_pk=plan.pk))
