"""Detection of outages (database, storage, disk space) from exceptions, and their error page.

No code here uses the database or the session, either of which may be unavailable.
"""

import contextlib
import errno
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from wenshang_disclosure.core import region

log = logging.getLogger(__name__)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StorageAway(OSError):
    """The file storage does not answer."""


@dataclass(frozen=True)
class Outage:
    """Status, Chinese texts and `Retry-After` in seconds of an outage."""

    status: int
    title: str
    sentence: str
    retry_after: int


NO_SPACE = Outage(507, "存储空间已满", "服务器存储空间已满，这次操作没有完成。请联系系统管理员清理后再试。", 60)
AWAY = Outage(503, "暂时无法使用", "数据库暂时连接不上，这次操作没有完成。请稍等片刻再试。", 10)
STORE_AWAY = Outage(503, "暂时无法使用", "存放材料的存储暂时连接不上，这次操作没有完成。请稍等片刻再试。", 30)
BUSY = Outage(503, "系统正忙", "同时办理的人较多，这次操作没有完成。请稍等片刻再试。", 5)
TOO_SLOW = Outage(503, "用时过长", "这次操作用时过长，已经停止。请缩小范围（如只看一个单位或一个部分）后再试。", 30)

POSTGRESQL = {"53100": NO_SPACE, "57014": TOO_SLOW, "40001": BUSY, "40P01": BUSY, "55P03": BUSY}
AWAY_CODES = ("08", "53", "57P", "58")
SQLITE = {5: BUSY, 6: BUSY, 10: AWAY, 13: NO_SPACE, 14: AWAY}
"""Keyed by primary result code: SQLITE_BUSY, _LOCKED, _IOERR, _FULL, _CANTOPEN (sqlite.org/rescode.html)."""


def outage_of(error):
    """Return the `Outage` that caused an exception, `None` if it is a programming error."""
    if isinstance(error, OSError) and error.errno in FULL:
        return NO_SPACE
    if isinstance(error, StorageAway):
        return STORE_AWAY
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if hasattr(cause, "sqlite_errorcode"):
        return SQLITE.get(cause.sqlite_errorcode & 0xFF)
    code = getattr(cause, "pgcode", None)
    if code:
        return POSTGRESQL.get(code) or (AWAY if code.startswith(AWAY_CODES) else None)
    # a lost connection has no code; while rows are fetched it raises the driver's plain DatabaseError
    is_connection = isinstance(error, (OperationalError, InterfaceError)) or (cause and type(error) is DatabaseError)
    return AWAY if is_connection else None


def outage_behind(error):
    """Return the first outage in the exception's chain and its exception, `(None, None)` if there is none."""
    while error is not None:
        if outage := outage_of(error):
            return outage, error
        error = error.__cause__ or error.__context__
    return None, None


def answer(request, outage, error):
    """Return the outage as a page, an htmx fragment or JSON, and log it with the request id."""
    number = getattr(request, "number", "")
    _delete_uploads(request)
    log.error("request %s: %s: %s", number, type(error).__name__, " ".join(str(error).split()))
    response = _response(request, outage, number)
    response["Retry-After"] = str(outage.retry_after)
    response["Cache-Control"] = "no-store"
    return response


def _delete_uploads(request):
    """Delete partial uploads at once, since they may be what fills the disk."""
    for handler in getattr(request, "_upload_handlers", ()):
        if getattr(handler, "file", None) is not None:
            with contextlib.suppress(OSError):  # closing flushes, which may fail again
                handler.file.close()


def _response(request, outage, number):
    if _wants_json(request):
        return JsonResponse({"error": outage.sentence, "detail": outage.sentence}, status=outage.status)
    fragment = getattr(request, "htmx", False)
    context = {"title": outage.title, "sentence": outage.sentence, "number": number, "sent": request.method == "POST"}
    context["system_name"] = region.last_known().system_name
    page = render_to_string("common/_refusal.html" if fragment else "outage.html", context)
    return HttpResponse(page, status=outage.status)


def _wants_json(request):
    if request.path.startswith(settings.API_ROOT):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
