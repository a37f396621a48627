"""Pages of acknowledgements (签收): a unit's own list, and the figures of the county."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from departments.choices import Role
from departments.models import User
from tasks.forms.supervision.reminders import AcknowledgementForm
from tasks.models import Assignment, SupervisionRules
from tasks.scope import Scope
from tasks.services.supervision import acknowledgements as service
from tasks.views.selection import ticked_ids
from wenshang_disclosure.core.web.errors import may, require
from wenshang_disclosure.core.working_days import add_working_days, subtract_working_days, unknown_years


@login_required
@require_safe
def acknowledgements(request):
    """Show the unit's own duties to acknowledge, or the figures of all units."""
    scope = Scope.of_work_today(request)
    return _county(request, scope) if request.user.reads_everything else _own(request, scope, AcknowledgementForm())


def _of_own_unit(scope):
    return Assignment.objects.visible_to(scope.user).filter(plan__in=scope.plans, unit=scope.user.unit_id).owed()


def _own(request, scope, form, status=200):
    own = _of_own_unit(scope)
    waiting = own.unacknowledged().for_lists().select_related("plan")
    context = {
        **scope.context(),
        "duties": waiting.order_by("-plan__year", "-plan", "task__number", "pk"),
        "total": own.count(),
        **_within(scope.plans),
        "may_acknowledge": may(request.user, "tasks.acknowledge", own.first()),
        "form": form,
    }
    return render(request, "tasks/supervision/acknowledgements/own.html", context, status=status)


def _county(request, scope):
    """Count by unit: owed, not acknowledged, not acknowledged in time."""
    owed = Assignment.objects.visible_to(request.user).filter(plan__in=scope.plans).owed()
    waiting = _by_unit(owed.unacknowledged())
    late = _by_unit(owed.unacknowledged_late(SupervisionRules.working_days_to_acknowledge(scope.plans)))
    rows = list(
        owed.order_by("unit__order", "unit")
        .values("unit", "unit__name")
        .annotate(owed=Count("pk"), named=Count("pk", filter=~Q(handler="")))
    )
    people = _liaisons()
    for row in rows:
        row |= {"waiting": waiting.get(row["unit"], 0), "late": late.get(row["unit"], 0)}
        row["liaisons"] = people.get(row["unit"], ())
    context = {
        **scope.context(),
        "rows": sorted(rows, key=_slow_first) if may(request.user, "tasks.see_slow_units_first") else rows,
        **_within(scope.plans),
        "waiting": sum(waiting.values()),
        "late": sum(late.values()),
    }
    return render(request, "tasks/supervision/acknowledgements/county.html", context)


def _slow_first(row):
    return -row["late"], -row["waiting"]


def _within(plans):
    """Return in how many working days duties are acknowledged, and what the calendar does not know of them.

    `within` are the days of each plan with its year, the days alone where all plans have the same.
    """
    days = SupervisionRules.working_days_to_acknowledge(plans)
    today, most = timezone.localdate(), max(days.values())
    first, last = subtract_working_days(today, most), add_working_days(today, most)
    differ = len(set(days.values())) > 1
    words = [f"{plan.year}年{days[plan.pk]}" for plan in plans] if differ else [str(most)]
    return {"within": "、".join(words), "unknown_years": unknown_years(first, last)}


def _by_unit(duties):
    return dict(duties.order_by().values_list("unit").annotate(n=Count("pk")))


def _liaisons():
    people = {}
    for person in User.objects.holders(role=Role.LIAISON):
        people.setdefault(person.unit_id, []).append(person)
    return people


@login_required
@require_POST
def acknowledge(request):
    """Acknowledge the ticked duties, or all of the list, and save who is in charge."""
    scope = Scope.of_work_today(request)
    own = _of_own_unit(scope)
    require(request.user, "tasks.acknowledge", own.first(), "由承办单位的联络员签收。")
    everything = request.POST.get("scope") == "all"
    duties = list(own.unacknowledged() if everything else own.filter(pk__in=ticked_ids(request.POST)))
    if everything and not duties:
        messages.info(request, "此前已全部签收。")
        return redirect(_list(request))
    form = AcknowledgementForm(request.POST)
    if form.carry_out(service.acknowledge, duties, by=request.user):
        messages.success(request, f"已签收{form.outcome}件承办事项。" if form.outcome else "经办人和分管领导已登记。")
        return redirect(_back(request, duties) or _list(request))
    return _own(request, scope, form, form.status)


def _list(request):
    """Return the URL of the list with the address of the form: its year and day."""
    query = request.GET.urlencode()
    return reverse("tasks:acknowledgements") + (f"?{query}" if query else "")


def _back(request, duties):
    """Return the URL of the duty's page where one was acknowledged there, else that of the list."""
    return reverse("tasks:assignment", args=[duties[0].pk]) if "on_its_page" in request.POST and duties else ""
