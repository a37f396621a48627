"""Which duties of a list a person has chosen for a step: the ticked ones, or all that the filter shows."""

from django.http import QueryDict

from tasks.choices import Light
from tasks.filters import AssignmentFilter
from tasks.models import Assignment
from wenshang_disclosure.core.dates import BadDay, read_as_of
from wenshang_disclosure.core.web.errors import Refused

MOST = 2000  # duties in one step


def chosen(request, plan):
    """Return the chosen duties of the posted form, those that the person may see, in the table's order.

    Raises `Refused` where nothing, or too much, is chosen, or the filter cannot be read.
    """
    duties = _filtered(request, plan) if request.POST.get("scope") == "all" else _ticked(request, plan)
    duties = list(duties.for_lists().order_by("task__number", "unit__order", "pk")[: MOST + 1])
    if not duties:
        ticking = request.POST.get("scope") != "all"
        raise Refused("请先勾选承办事项。" if ticking else "筛选结果中没有承办事项。")
    if len(duties) > MOST:
        raise Refused(f"一次最多办理{MOST}件，请缩小筛选范围。")
    return duties


def ticked_ids(posted):
    """Return the ids that were ticked, or carried along from the page before."""
    words = [*posted.getlist("duty"), *posted.get("duties", "").split(",")]
    return [int(word) for word in words if word.isdecimal() and len(word) < 16][: MOST + 1]


def _ticked(request, plan):
    return Assignment.objects.visible_to(request.user).filter(plan=plan, pk__in=ticked_ids(request.POST))


def _filtered(request, plan):
    """Return what the list with that query shows."""
    query = QueryDict(request.POST.get("query", ""))
    try:
        as_of = read_as_of(query.get("as_of"))
    except BadDay as bad:
        raise Refused(str(bad)) from None
    duties = Assignment.objects.shown_to(request.user, plan, as_of)
    if request.POST.get("light") == Light.OVERDUE:
        duties = duties.filter(light=Light.OVERDUE)
    unit = request.POST.get("unit", "")
    if unit.isdecimal() and len(unit) < 16:
        duties = duties.filter(unit=int(unit))
    filterset = AssignmentFilter(query, queryset=duties, request=request, plan=plan)
    if not filterset.form.is_valid():
        raise Refused("筛选条件有误，请重新筛选。")
    return Assignment.objects.filter(pk__in=filterset.qs.order_by().values("pk"))
