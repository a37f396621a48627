"""Public page (公开页面) and its .csv and .json, without sign-in."""

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

CACHE_SECONDS = 600
CACHE_CONTROL = "public, max-age=300"


def _html(shown, **more):
    """Render without the request, so that the cached response cannot contain visitor data."""
    parts = public_page.by_headings(shown["tasks"])
    return render_to_string("reports/public/page.html", {**shown, "parts": parts, **more}).encode()


def _json(shown):
    return encode.dumps(shown, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _public_view(content_type, render, name=None):
    """Return a view of the public plan of a year, rendered by `render`."""

    @require_safe
    @conditional_page
    def view(request, year):
        plan = Plan.objects.open_in(year) if year < 10_000 else None
        if plan is None:
            raise Http404
        response = HttpResponse(_cached(plan, render), content_type=content_type)
        response["Cache-Control"] = CACHE_CONTROL
        if name:
            response["Content-Disposition"] = f'inline; filename="{name.format(year)}"'
        _drop_session(request)
        return response

    return view


def _cached(plan, render):
    """Return the cached response, renewed after ten minutes, on a new day and when public reports change.

    The public reports are part of the key, so that a response with others is never returned.
    """
    now = (timezone.localdate(), plan.title, plan.has_demo_activity, public_page.shown_reports(plan))
    key = f"public:{plan.pk}:{render.__name__}:{hashlib.sha256(repr(now).encode()).hexdigest()}"
    return cache.get_or_set(key, lambda: render(public_page.read(plan)), CACHE_SECONDS)


def _drop_session(request):
    """Remove the session, since the response is cached by proxies and must not set a cookie."""
    del request.session


page = _public_view("text/html; charset=utf-8", _html)
csv = _public_view("text/csv; charset=utf-8", public_page.as_csv, "tasks-{}.csv")
json = _public_view("application/json", _json)


@login_required
@require_safe
def preview(request, pk):
    """Show the page as it would be published now, for the office."""
    require(request.user, "tasks.publish")
    plan = get_object_or_404(Plan.objects.issued(), pk=pk)
    return HttpResponse(_html(public_page.read(plan), is_preview=True, is_open=plan.is_public, plan_pk=plan.pk))
