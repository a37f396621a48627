"""What a program asks for: its page, plan, day and filters. Nonsense is named, never guessed at."""

from math import ceil

from django.http import Http404

from tasks.models import Plan
from wenshang_disclosure.core.dates import read_as_of

from .errors import BadRequest

LONGEST_ID = 15  # digits


def only(request, query):
    """Refuse parameters that `query` does not know: a misspelt filter would give rows that nobody asked for."""
    unknown = [name for name in request.GET if name not in query.__class__.model_fields]
    if unknown:
        raise BadRequest(f"没有这些参数：{'、'.join(name[:30] for name in unknown[:5])}。")


def paged(rows, query):
    """Return one page of `rows` and its place among all; 404 for a page that is not there."""
    total = rows.count()
    pages = max(1, ceil(total / query.page_size))
    if query.page > pages:
        raise Http404
    start = (query.page - 1) * query.page_size
    place = {"total": total, "page": query.page, "page_size": query.page_size, "pages": pages}
    return rows[start : start + query.page_size], place


def read_id(text, label):
    """Read an id of the query, `None` where there is none."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID):
        raise BadRequest(f"{label}的id应为数字。")
    return int(text)


def chosen_plan(text):
    """Return the issued plan with that id, the latest without one; 404 where there is none."""
    plan = Plan.objects.chosen(read_id(text, "分解表"))
    if plan is None:
        raise Http404
    return plan


def read_day(text, plan):
    """Read the day on which the plan is looked at; not before there was a plan."""
    as_of = read_as_of(text)
    if as_of < plan.issued_on:
        raise BadRequest(f"截至日期不能早于分解表印发日期（{plan.issued_on:%Y-%m-%d}）。")
    return as_of


def filtered(filter_class, request, rows, plan, **kwargs):
    """Cut `rows` as the page with the same filter does."""
    filterset = filter_class(request.GET, queryset=rows, request=request, plan=plan, **kwargs)
    if not filterset.form.is_valid():
        errors = filterset.form.errors.items()
        raise BadRequest("；".join(f"{name}：{error}" for name, words in errors for error in words))
    return filterset.qs
