"""The role's own start, and how the year stands."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tasks.choices import Light
from tasks.models import Assignment
from tasks.views.plans import NoPlan, chosen_plan, no_plan
from wenshang_disclosure.common.dates import BadDay, read_as_of

from .. import figures

SHOWN = 8  # rows of each short list


@login_required
def home(request):
    """Go to the dashboard, or to one's own duties."""
    return redirect("reports:dashboard" if request.user.reads_everything else "tasks:assignments")


@login_required
@require_safe
def dashboard(request):
    """Figures and charts of what the user may see, as of a day."""
    as_of, error = timezone.localdate(), ""
    try:
        as_of = read_as_of(request.GET.get("as_of"))
    except BadDay as bad:
        error = str(bad)
    try:
        plan = chosen_plan(request)
    except NoPlan:
        return no_plan(request)
    context = {"plan": plan, "as_of": as_of, "as_of_error": error}
    if not error:
        context |= _figures(request.user, plan, as_of)
    return render(request, "reports/dashboard/page.html", context, status=400 if error else 200)


def _figures(user, plan, as_of):
    duties = Assignment.objects.shown_to(user, plan, as_of)
    rows = figures.counted(duties)
    units, parts = figures.by_unit(rows), figures.by_part(rows)
    months = figures.completed_by_month(duties, as_of)
    waiting = figures.waiting_reports(user, plan, as_of)
    late = duties.filter(light=Light.OVERDUE).for_lists().order_by("days_left", "task__number", "unit__order")
    return {
        "totals": {**figures.totals(rows), "tasks": figures.number_of_tasks(duties)},
        "parts": parts,
        "departments": [row for row in units if not row["is_rural"]],
        "townships": [row for row in units if row["is_rural"]],
        "months": months,
        "charts": {
            "parts": _stack(parts, "task__section__part__heading"),
            "departments": _stack([row for row in units if not row["is_rural"]], "label"),
            "townships": _stack([row for row in units if row["is_rural"]], "label"),
            "months": months,
        },
        "waiting": waiting.visible_to(user).handed_in()[:SHOWN],
        "waiting_count": waiting.count(),
        "late": late[:SHOWN],
        "lately": figures.handed_in_lately(user, plan, as_of)[:SHOWN],
    }


def _stack(rows, name):
    return {
        "names": [row[name] for row in rows],
        "series": [
            {"light": light.value, "label": light.label, "data": [row[light.value] for row in rows]}
            for light in reversed(Light)
        ],
    }
