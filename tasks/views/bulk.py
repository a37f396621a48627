"""One step for several duties: what will happen, then what did, row by row."""

from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tasks.choices import Light, Status
from tasks.forms.deadlines.changes import ExtendForm, ReassignForm, SuspendForm
from tasks.forms.supervision.reminders import ReminderForm
from tasks.models import Assignment, Plan, StockPhrase
from tasks.services import bulk
from tasks.services.deadlines import extensions, reassignment, suspension
from tasks.services.supervision import reminders
from wenshang_disclosure.core.web.errors import Refused, require

from .picking import STEPS
from .selection import chosen


class Asked(NamedTuple):
    """What a step asks for, and the service that takes it for one duty; chasing takes all at once."""

    form_class: type
    service: object = None


ASKED = {
    "remind": Asked(ReminderForm),
    "extend": Asked(ExtendForm, extensions.extend),
    "reassign": Asked(ReassignForm, reassignment.reassign),
    "suspend": Asked(SuspendForm, suspension.suspend),
}


@login_required
@require_POST
def steps(request):
    """Show what the chosen step will do to which duties; with `confirm` do it."""
    plan = get_object_or_404(Plan.objects.issued(), pk=_number(request.POST.get("plan", "")))
    if request.POST.get("action") == "export":
        return _export(request, plan)
    action = request.POST.get("action", "")
    if action not in STEPS:
        raise Refused("请选择要办理的步骤。")
    require(request.user, STEPS[action].permission)
    duties = chosen(request, plan)
    return _remind(request, plan, duties) if action == "remind" else _each(request, action, plan, duties)


def _number(text):
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _export(request, plan):
    """Send to the file of exactly the chosen duties."""
    if request.POST.get("scope") == "all":
        query = QueryDict(request.POST.get("query", ""), mutable=True)
        name = "reports:export-overdue" if request.POST.get("light") == Light.OVERDUE else "reports:export-assignments"
        if request.POST.get("unit"):
            query["unit"] = request.POST["unit"]
    else:
        query, name = QueryDict(mutable=True), "reports:export-assignments"
        query.setlist("duty", [str(duty.pk) for duty in chosen(request, plan)])
    query["plan"] = str(plan.pk)
    return redirect(f"{reverse(name)}?{query.urlencode()}")


def _page(request, action, plan, rows, form, **context):
    """Show the rows with why some are left out; `rows` are `(duty, why not)`."""
    taken = [duty for duty, why_not in rows if not why_not]
    context |= {
        "action": action,
        "title": STEPS[action].name,
        "plan": plan,
        "rows": sorted(rows, key=lambda row: bool(row[1])),  # what will happen stands before what will not
        "taken": taken,
        "units": len({duty.unit_id for duty in taken}),
        "ids": ",".join(str(duty.pk) for duty in taken),
        "form": form,
    }
    return render(request, "tasks/bulk/confirm.html", context, status=form.status)


def _remind(request, plan, duties):
    ids = [duty.pk for duty in duties]
    allowed = set(reminders.chaseable(Assignment.objects.filter(pk__in=ids), request.user).values_list("pk", flat=True))
    rows = [(duty, "" if duty.pk in allowed else _why_not(duty)) for duty in duties]
    grades = reminders.latest_grades(allowed)
    form = ReminderForm.offered(reminders.grade_to_offer(grades.values()))
    if "confirm" in request.POST:
        form = ReminderForm(request.POST)
        taken = [duty for duty, why_not in rows if not why_not]
        if form.carry_out(reminders.send, taken, by=request.user):
            sent = form.outcome
            number = sent.items.count()
            messages.success(request, f"已发出{sent.get_grade_display()}，共{number}件承办事项。")
            if len(duties) > number:
                messages.warning(request, f"另有{len(duties) - number}件在此期间已有变化，未催办。")
            return redirect("tasks:reminder", pk=sent.pk)
    context = {"phrases": StockPhrase.objects.all(), "grades": grades}
    return _page(request, "remind", plan, rows, form, **context)


def _why_not(duty):
    if duty.status == Status.COMPLETED:
        return "已办结"
    if duty.status == Status.UNDER_REVIEW:
        return "已申报办结，正在审核"
    if duty.suspended:
        return "已中止"
    if duty.released_on and duty.released_on <= timezone.localdate():
        return "已解除"
    return "不在您可催办的范围内"


def _each(request, action, plan, duties):
    rows = [(duty, "已办结" if duty.status == Status.COMPLETED else "") for duty in duties]
    asked = ASKED[action]
    form = asked.form_class()
    if "confirm" in request.POST:
        form = asked.form_class(request.POST)
        if form.is_valid():
            taken = [duty for duty, why_not in rows if not why_not]
            given = form.cleaned_data
            results = bulk.each(taken, lambda duty: asked.service(duty, by=request.user, **given))
            results += [bulk.Result(duty, f"该事项{why_not}。") for duty, why_not in rows if why_not]
            return _results(request, STEPS[action].name, plan, results)
        form.status = 422
    return _page(request, action, plan, rows, form)


def _results(request, title, plan, results):
    refused = [result for result in results if result.error]
    context = {
        "title": title,
        "plan": plan,
        "results": results,
        "refused": refused,
        "done": len(results) - len(refused),
    }
    return render(request, "tasks/bulk/results.html", context)
