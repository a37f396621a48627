"""Middleware that sets the origin of audit entries and records downloads and refused requests."""

from django.utils.http import parse_header_parameters

from wenshang_disclosure.core.web.addresses import address_of
from wenshang_disclosure.core.web.numbers import is_too_long

from . import denials
from .choices import Kind, Result
from .origin import coming_from
from .trail import record


class AuditMiddleware:
    """Sets the origin of acts; placed after authentication, so that the user is known."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Record downloads by, and refusals of, signed-in users."""
        with coming_from(address=address_of(request), request=request.number, user=request.user):
            response = self.get_response(request)
            if request.user.is_authenticated:
                _record_response(request, response)
        return response


def _record_response(request, response):
    name = _attachment(response)
    if name is not None and response.status_code == 200 and request.method != "HEAD":
        act = "下载未报送的材料" if getattr(response, "is_of_draft", False) else f"下载“{name}”"
        record(Kind.EXPORT, act, detail=_page_of(request))
    elif response.status_code == 403:
        record(Kind.DENIED, "访问被拒绝", detail={**_page_of(request), "method": request.method}, result=Result.FAILED)
    elif response.status_code == 404 and _ids_of(request):
        denials.note(denials.IDS, by=request.user, detail={**_page_of(request), "method": request.method})


def _attachment(response):
    """Return the file name of a download, `None` for other responses."""
    how, given = parse_header_parameters(response.headers.get("Content-Disposition", ""))
    return given.get("filename", "") if how == "attachment" else None


def _page_of(request):
    """Return the view name and integer URL arguments; nothing else, since a URL may hold a secret."""
    match = request.resolver_match
    return {"page": match.view_name, **_ids_of(request)} if match else {}


def _ids_of(request):
    numbers = request.resolver_match.kwargs if request.resolver_match else {}
    return {name: value for name, value in numbers.items() if isinstance(value, int) and not is_too_long(value)}
