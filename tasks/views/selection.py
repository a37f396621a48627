"""Which duties of a list a person has chosen for a step: the ticked ones, or all that the filter shows."""

from django.http import QueryDict

from tasks.choices import Light
from tasks.filters import AssignmentFilter
from tasks.models import Assignment
from tasks.scope import Malformed, Scope
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.numbers import read_number

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
    return [pk for pk in map(read_number, words) if pk is not None][: MOST + 1]


def _ticked(request, plan):
    return Assignment.objects.visible_to(request.user).filter(plan=plan, pk__in=ticked_ids(request.POST))


def _filtered(request, plan):
    """Return what the list with that query shows."""
    scope = Scope.read(request.user, QueryDict(request.POST.get("query", "")), plan=plan)
    if scope.as_of_error:
        raise Refused(scope.as_of_error)
    duties = scope.duties()
    if request.POST.get("light") == Light.OVERDUE:
        duties = duties.filter(light=Light.OVERDUE)
    unit = read_number(request.POST.get("unit"))
    if unit is not None:
        duties = duties.filter(unit=unit)
    try:
        found = scope.cut(AssignmentFilter, duties)
    except Malformed:
        raise Refused("筛选条件有误，请重新筛选。") from None
    return Assignment.objects.filter(pk__in=found.order_by().values("pk"))
