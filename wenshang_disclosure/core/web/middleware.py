"""Middleware and handlers for request ids, methods, response headers and error pages (design: The house)."""

import re
import sys
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from wenshang_disclosure.core import region

from . import outages
from .errors import Refused, ShowInstead
from .numbers import is_out_of_range, is_too_long

NUMBER = re.compile(r"[0-9a-f]{12,32}")


class RequestIdMiddleware:
    """Assign each request an id for its log lines and error page; a trusted proxy's id is taken over."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sent = request.headers.get("X-Request-Id", "") if settings.TRUSTED_PROXIES else ""
        request.number = sent if NUMBER.fullmatch(sent) else uuid.uuid4().hex[:12]
        response = self.get_response(request)
        response["X-Request-Id"] = request.number
        return response


class AllowedMethodsMiddleware:
    """Answer 405 to methods that no page supports; the API, which is read only, answers it in JSON."""

    KNOWN = ("GET", "HEAD", "POST")
    OF_API = ("GET", "HEAD")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_api = request.path_info.startswith(settings.API_ROOT)
        known = self.OF_API if is_api else self.KNOWN
        if request.method in known:
            return self.get_response(request)
        return _only_read() if is_api else HttpResponseNotAllowed(known)


def _only_read():
    said = {"detail": "数据接口只供读取，请用GET。"}
    headers = {"Allow": ", ".join(AllowedMethodsMiddleware.OF_API)}
    return JsonResponse(said, status=405, headers=headers, json_dumps_params={"ensure_ascii": False})


class SecurityHeadersMiddleware:
    """Set default headers against caching, framing, cross-origin use and browser features."""

    HEADERS = {  # noqa: RUF012
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": ", ".join(
            f"{feature}=()"
            for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "serial", "usb")
        ),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in self.HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class ErrorPagesMiddleware:
    """Turn refusals, missing permissions and missing records into a page, or a fragment for htmx."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Show the product's 404 page with DEBUG on too, and adapt redirects to the sign-in page."""
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and request.resolver_match is None:
            return missing(request)
        if response.status_code == 302 and urlsplit(response.url).path == resolve_url(settings.LOGIN_URL):
            response = _sign_in_first(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        """Answer 404 where a number in the address is longer than any record's."""
        if any(map(is_too_long, kwargs.values())) and not request.path_info.startswith(settings.API_ROOT):
            return missing(request)
        return None

    def process_exception(self, request, error):
        """Answer expected exceptions, numbers that fit no record, and outages; leave others to become a 500."""
        if isinstance(error, ShowInstead):
            return render(request, error.template)
        if isinstance(error, Refused):
            return explain(request, error.status, str(error))
        if isinstance(error, PermissionDenied):
            return explain(request, 403, str(error))
        if isinstance(error, Http404):
            return missing(request)
        if is_out_of_range(error):
            return malformed(request)
        if outage := outages.outage_of(error):
            return outages.answer(request, outage, error)
        return None


def _sign_in_first(request, response):
    """Return the redirect to sign-in; after a POST it leads back to the form's page, since the POST is lost."""
    if request.htmx:
        return HttpResponseClientRedirect(response.url)  # htmx would otherwise load the sign-in page into a fragment
    form = request.headers.get("Referer", "")
    if request.method == "POST" and url_has_allowed_host_and_scheme(form, {request.get_host()}, request.is_secure()):
        address = urlsplit(form)
        return redirect_to_login(f"{address.path}?{address.query}".rstrip("?"))
    return response


TITLES = {
    400: "地址中的条件有误",
    403: "没有权限",
    404: "没有找到",
    409: "情况已有变化",
    422: "未能办理",
    429: "操作过于频繁",
    500: "系统出错",
    503: "暂时无法办理",
    507: outages.NO_SPACE.title,
}


def explain(request, status, sentence):
    """Return the error page, or its fragment for htmx."""
    part = "common/_refusal.html" if getattr(request, "htmx", False) else "error.html"
    return render(request, part, {"title": TITLES[status], "sentence": sentence, "status": status}, status=status)


def missing(request, exception=None):
    """Return 404 alike for records that do not exist and those that the user may not see."""
    return explain(request, 404, "您要看的内容不存在，或者不在您可查看的范围内。")


def denied(request, exception=None):
    """Return 403 for a step that the user may not take."""
    return explain(request, 403, str(exception) or "您没有办理此事的权限。")


def malformed(request, exception=None):
    """Return 400 for a malformed request, or the outage page if an outage broke the session."""
    outage, error = outages.outage_behind(exception)
    if outage:
        return outages.answer(request, outage, error)
    return explain(request, 400, "提交的内容无法识别，请返回后重试。")


def failed(request):
    """Return 500, or the page of an outage outside views, without database access."""
    error = sys.exc_info()[1]
    if outage := outages.outage_of(error):
        return outages.answer(request, outage, error)
    context = {"number": getattr(request, "number", ""), "system_name": region.last_known().system_name}
    return HttpResponse(render_to_string("500.html", context), status=500)


def stale_form(request, reason=""):
    """Return 403 for an invalid CSRF token, mostly after signing in in another tab."""
    return explain(request, 403, "页面停留过久或登录已变化。请返回上一页刷新后再提交，本机会恢复已填写的文字。")
