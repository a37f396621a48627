"""Files on request: short ones are answered at once, long ones are made in the background (design: Ways of working).

A view of a file is a function from who asks to a `Paper`. The same function says again, as the same person, what the
file is when a job makes it, and whether it may still be asked for when it is downloaded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from reports.exports.package.names import clean, shortened
from tasks.scope import Scope
from wenshang_disclosure.core.office.content_types import XLSX
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.core.web.evenings import on_evening
from wenshang_disclosure.work.asking import ask

KIND = "file"
"""The kind of background work."""

LONG_ROWS = 5_000
"""An Excel file with more rows is made in the background."""
MAX_ROWS = 1_000_000
"""Of one sheet; Excel's limit is 1,048,576."""
MAX_STEM_CHARS = 120
"""Of a file's name: Windows takes 260 characters for the whole path."""


@dataclass
class Asked:
    """Who asks for a file, and with which query, where there is no request."""

    user: object
    GET: QueryDict


def any_is_long(numbers):
    """Return whether a sheet with one of these numbers of rows is long."""
    return max(numbers, default=0) > LONG_ROWS


@dataclass
class Paper:
    """A file that may be asked for. `write` makes it: an open file, or the pieces of a stream.

    `count` returns the numbers of its rows, by sheet, and may refuse them; `is_long` judges them. Files without it are
    short. `warning` is set by `write` where the reader has to be told something.
    """

    name: str
    write: Callable
    count: Callable = list
    content_type: str = XLSX
    is_long: Callable = any_is_long
    warning: str = ""

    def __post_init__(self):
        """Let the name be one that every system can save."""
        stem, dot, extension = self.name.rpartition(".")
        self.name = shortened(clean(stem), MAX_STEM_CHARS) + dot + extension


def rows_of(*sheets):
    """Return the function that counts the rows of an Excel file by sheet, querysets or lists, or raises `Refused` for
    too many.
    """

    def count():
        numbers = [rows.count() if isinstance(rows, QuerySet) else len(rows) for rows in sheets]
        if (longest := max(numbers, default=0)) > MAX_ROWS:
            raise Refused(f"符合条件的有{longest}行，一个Excel文件最多{MAX_ROWS}行。请筛选后分次导出。")
        return numbers

    return count


def download(make):
    """Turn a function that returns a `Paper` into the view of its file, on the evening of `?as_of=`."""
    return _view(make, takes_a_day=True)


def download_of_today(make):
    """Turn a function that returns a `Paper` into the view of its file, whatever day is kept in the address."""
    return _view(make, takes_a_day=False)


def _view(make, *, takes_a_day):
    def answer(request, **kwargs):
        paper = make(request, **kwargs)
        if paper.is_long(paper.count()):
            return _in_background(request, paper)
        return _at_once(request, paper)

    view = wraps(make)(on_evening(answer) if takes_a_day else answer)
    view = login_required(require_safe(view))
    view.paper, view.takes_a_day = make, takes_a_day
    return view


def _at_once(request, paper):
    content = paper.write()
    if paper.warning:
        messages.warning(request, f"刚才下载的{paper.warning}")
    if hasattr(content, "read"):
        return FileResponse(content, as_attachment=True, filename=paper.name, content_type=paper.content_type)
    headers = {
        "Content-Disposition": content_disposition_header(True, paper.name),
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(content, content_type=paper.content_type, headers=headers)


def _in_background(request, paper):
    if request.method == "HEAD":  # asks for nothing
        return redirect("reports:files")
    what = {"address": request.path_info, "query": request.GET.urlencode(), "post": post_of(request.user)}
    return redirect("reports:file", ask(KIND, by=request.user, what=what, title=paper.name).pk)


def post_of(user):
    """Return the id of the further membership that `user` works as, 0 for the post of the account."""
    return user.membership.pk if user.membership else 0


def export_scope(request, make=Scope.of, **kwargs):
    """Return the scope of an export, made as that of its page by `make`.

    Raises `Malformed`, and `PermissionDenied` without the right to export.
    """
    scope = Scope.strictly_of(request, make, **kwargs)
    require(request.user, "reports.export")
    return scope
