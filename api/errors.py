"""Every answer that is no success: JSON with one Chinese sentence, never a page."""

import logging

from django.core.exceptions import PermissionDenied
from django.http import Http404
from ninja.errors import AuthenticationError, HttpError, ValidationError

from wenshang_disclosure.core.dates import BadDay
from wenshang_disclosure.core.web import outages
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.rate_limits import TooMany

from .base import api

log = logging.getLogger(__name__)

NO_TOKEN = "请求未带有效的接口令牌。"  # noqa: S105 - a sentence
"""One wording for no token, an unknown one, an ended one, and one whose owner may not sign in."""


class BadRequest(HttpError):
    """What is asked cannot be read; no rows are guessed from it."""

    def __init__(self, sentence):
        """Take the sentence."""
        super().__init__(400, sentence)


def _answer(request, status, sentence, **headers):
    response = api.create_response(request, {"detail": sentence}, status=status)
    for name, value in headers.items():
        response[name] = value
    return response


@api.exception_handler(AuthenticationError)
def no_token(request, error):
    """Say that a token is needed."""
    return _answer(request, 401, NO_TOKEN, **{"WWW-Authenticate": 'Bearer realm="wenshang"'})


@api.exception_handler(HttpError)
def malformed(request, error):
    """Say what was wrong with the question."""
    return _answer(request, error.status_code, str(error))


@api.exception_handler(ValidationError)
def unreadable(request, error):
    """Name the parameters that are nonsense."""
    names = dict.fromkeys(str(one["loc"][-1]) for one in error.errors)
    return _answer(request, 400, f"参数有误：{'、'.join(names)}。")


@api.exception_handler(BadDay)
def bad_day(request, error):
    """Say what is wrong with the day."""
    return _answer(request, 400, str(error))


@api.exception_handler(Refused)
def refused(request, error):
    """Say why not."""
    return _answer(request, error.status, str(error))


@api.exception_handler(TooMany)
def too_many(request, error):
    """Say when to go on."""
    return _answer(request, error.status, str(error), **{"Retry-After": str(error.retry_after)})


@api.exception_handler(PermissionDenied)
def denied(request, error):
    """Say that one may not."""
    return _answer(request, 403, str(error) or "您没有查看此内容的权限。")


@api.exception_handler(Http404)
def missing(request, error):
    """Answer alike for what is not there and for what one may not see."""
    return _answer(request, 404, "您要看的内容不存在，或者不在您可查看的范围内。")


@api.exception_handler(Exception)
def failed(request, error):
    """Say what is away; log a fault of ours and give the number to ask about."""
    if outage := outages.outage_of(error):
        return outages.answer(request, outage, error)
    log.error("request %s failed", request.number, exc_info=error)
    return _answer(request, 500, f"系统出错，请将编号{request.number}告知县政府办公室。")
