"""Exception handlers: every error is JSON with one Chinese sentence."""

import logging

from django.core.exceptions import PermissionDenied
from django.http import Http404
from ninja.errors import AuthenticationError, HttpError, ValidationError

from wenshang_disclosure.audit import denials
from wenshang_disclosure.core import region
from wenshang_disclosure.core.dates import BadDay
from wenshang_disclosure.core.web import outages
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.numbers import is_out_of_range
from wenshang_disclosure.core.web.rate_limits import TooMany

from .base import api

log = logging.getLogger(__name__)

NO_TOKEN = "请求未带有效的接口令牌。"  # noqa: S105 - a sentence
"""Same text for missing, unknown and revoked tokens, and those of owners who may not sign in."""


class BadRequest(HttpError):
    """A malformed request; no rows are returned."""

    def __init__(self, sentence):
        super().__init__(400, sentence)


def _answer(request, status, sentence, **headers):
    response = api.create_response(request, {"detail": sentence}, status=status)
    for name, value in headers.items():
        response[name] = value
    return response


@api.exception_handler(AuthenticationError)
def no_token(request, error):
    """Return 401; a wrong token is noted in the audit trail."""
    if request.headers.get("Authorization"):
        denials.note(denials.TOKENS)
    return _answer(request, 401, NO_TOKEN, **{"WWW-Authenticate": 'Bearer realm="wenshang"'})


@api.exception_handler(HttpError)
def malformed(request, error):
    """Return the error's own status and text."""
    return _answer(request, error.status_code, str(error))


@api.exception_handler(ValidationError)
def unreadable(request, error):
    """Return 400 with the names of the invalid parameters."""
    names = dict.fromkeys(str(one["loc"][-1]) for one in error.errors)
    return _answer(request, 400, f"参数有误：{'、'.join(names)}。")


@api.exception_handler(BadDay)
def bad_day(request, error):
    """Return 400 for an invalid day."""
    return _answer(request, 400, str(error))


@api.exception_handler(Refused)
def refused(request, error):
    """Return the refusal's status and sentence."""
    return _answer(request, error.status, str(error))


@api.exception_handler(TooMany)
def too_many(request, error):
    """Return 429 with `Retry-After`."""
    return _answer(request, error.status, str(error), **{"Retry-After": str(error.retry_after)})


@api.exception_handler(PermissionDenied)
def denied(request, error):
    """Return 403."""
    return _answer(request, 403, str(error) or "您没有查看此内容的权限。")


@api.exception_handler(Http404)
def missing(request, error):
    """Return 404 alike for missing records and those that the owner may not see."""
    return _answer(request, 404, "您要看的内容不存在，或者不在您可查看的范围内。")


@api.exception_handler(Exception)
def failed(request, error):
    """Return 400 for numbers that fit no record, 503 or 507 for an outage, else log it and return 500."""
    if is_out_of_range(error):
        return _answer(request, 400, "参数有误：数字过大。")
    if outage := outages.outage_of(error):
        return outages.answer(request, outage, error)
    log.error("request %s failed", request.number, exc_info=error)
    return _answer(request, 500, f"系统出错，请将编号{request.number}告知{region.last_known().office_short}。")
