"""The duties of a list that were selected for a bulk action: the ticked ones, or all that match the filters."""

from django.http import QueryDict

from tasks.choices import Light
from tasks.filters import AssignmentFilter
from tasks.models import Assignment
from tasks.scope import Malformed, Scope, read_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.numbers import read_number

MAX_BULK_ROWS = 2000


def chosen(request, plan):
    """Return the selected duties that the user may see, in the table's order; without a `plan` those of all years.

    Raises `Refused` where none or more than `MAX_BULK_ROWS` are selected, or the filter is invalid.
    """
    duties = _filtered(request, plan) if request.POST.get("scope") == "all" else _ticked(request, plan)
    in_order = (
        duties.for_lists().select_related("plan").order_by("-plan__year", "-plan", "task__number", "unit__order", "pk")
    )
    duties = list(in_order[: MAX_BULK_ROWS + 1])
    if not duties:
        ticking = request.POST.get("scope") != "all"
        raise Refused("请先勾选承办事项。" if ticking else "筛选结果中没有承办事项。")
    if len(duties) > MAX_BULK_ROWS:
        raise Refused(f"一次最多办理{MAX_BULK_ROWS}件，请缩小筛选范围。")
    return duties


def ticked_ids(posted):
    """Return the posted ids of ticked duties, or those carried over from the page before, also several at a tick."""
    words = [*posted.getlist("duty"), *",".join(posted.getlist("duties")).split(",")]
    return [pk for pk in map(read_number, words) if pk is not None][: MAX_BULK_ROWS + 1]


def _ticked(request, plan):
    ticked = Assignment.objects.visible_to(request.user).filter(pk__in=ticked_ids(request.POST))
    return ticked.filter(plan=plan) if plan else ticked


def _filtered(request, plan):
    """Return the duties of the list with the posted query, also of one of a past evening."""
    query = QueryDict(request.POST.get("query", ""))
    try:
        day = read_day(query)
    except Malformed as bad:
        raise Refused(str(bad)) from None
    with evening(day):
        found = _of_the_list(request, query, plan)
        return Assignment.objects.filter(pk__in=list(found.order_by().values_list("pk", flat=True)))


def _of_the_list(request, query, plan):
    scope = Scope.read(request.user, query, plan=plan) if plan else Scope.read_work(request.user, query)
    duties = scope.duties()
    if request.POST.get("light") == Light.OVERDUE:
        duties = duties.filter(light=Light.OVERDUE)
    unit = read_number(request.POST.get("unit"))
    if unit is not None:
        duties = duties.filter(unit=unit)
    try:
        return scope.cut(AssignmentFilter, duties)
    except Malformed:
        raise Refused("筛选条件有误，请重新筛选。") from None
