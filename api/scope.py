"""Validation of API queries: parameters, pagination, ids and scope."""

from math import ceil

from django.http import Http404

from tasks.scope import Malformed, NoPlan, Scope
from wenshang_disclosure.core.orders import in_full_order
from wenshang_disclosure.core.web.numbers import read_number

from .errors import BadRequest


def only(request, query):
    """Raise `BadRequest` for unknown parameters, since a misspelt filter would be ignored."""
    unknown = [name for name in request.GET if name not in query.__class__.model_fields]
    if unknown:
        raise BadRequest(f"没有这些参数：{'、'.join(name[:30] for name in unknown[:5])}。")


def paged(rows, query):
    """Return one page of `rows` in full order, and its pagination data. Raises `Http404` for missing pages."""
    total = rows.count()
    rows = in_full_order(rows)
    pages = max(1, ceil(total / query.page_size))
    if query.page > pages:
        raise Http404
    start = (query.page - 1) * query.page_size
    place = {"total": total, "page": query.page, "page_size": query.page_size, "pages": pages}
    return rows[start : start + query.page_size], place


def read_id(text, label):
    """Return the id in `text`, `None` if it is empty. Raises `BadRequest` for anything else."""
    pk = read_number(text)
    if text and pk is None:
        raise BadRequest(f"{label}的id应为数字。")
    return pk


def scope_of(request, query):
    """Return the scope of a query on one issued plan. Raises `Http404` if there is no such plan."""
    read_id(query.plan, "分解表")
    try:
        return Scope.of(request).readable().issued()
    except NoPlan:
        raise Http404 from None


def scope_of_one(request, plan):
    """Return the scope of a query on one record of `plan`."""
    return Scope.of(request, plan=plan).readable().issued()


def cut(scope, filter_class, rows):
    """Return `rows` filtered as on the page. Raises `BadRequest` naming the invalid parameters."""
    try:
        return scope.cut(filter_class, rows)
    except Malformed as bad:
        errors = bad.errors.items()
        raise BadRequest("；".join(f"{name}：{error}" for name, words in errors for error in words)) from None
