"""Where acts come from, and what no service tells of: files given out, and what was refused."""

from django.utils.http import parse_header_parameters

from wenshang_disclosure.core.web.addresses import address_of

from .choices import Kind, Result
from .origin import coming_from
from .trail import record


class AuditMiddleware:
    """Stands inside signing in, so that it knows who asks, and around everything else."""

    def __init__(self, get_response):
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request):
        """Answer, and keep every file given to, and every refusal of, somebody who is signed in."""
        with coming_from(address=address_of(request), request=request.number, user=request.user):
            response = self.get_response(request)
            if request.user.is_authenticated:
                _record_audit(request, response)
        return response


def _record_audit(request, response):
    name = _attachment(response)
    if name is not None and response.status_code == 200 and request.method != "HEAD":
        record(Kind.EXPORT, f"下载“{name}”", detail=_where(request))
    elif response.status_code == 403:
        record(Kind.DENIED, "访问被拒绝", detail={**_where(request), "method": request.method}, result=Result.FAILED)


def _attachment(response):
    """Return the name of the file that the answer is, `None` where it is a page."""
    how, given = parse_header_parameters(response.headers.get("Content-Disposition", ""))
    return given.get("filename", "") if how == "attachment" else None


def _where(request):
    """Return the page and the ids in its address; nothing else of it, since an address may hold a secret."""
    match = request.resolver_match
    if match is None:
        return {}
    ids = {name: value for name, value in match.kwargs.items() if isinstance(value, int)}
    return {"page": match.view_name, **ids}
