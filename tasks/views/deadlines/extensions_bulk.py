"""Several requests decided at once: what it would do first, then what it did, row by row."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import render
from django.views.decorators.http import require_POST

from tasks.forms.deadlines.changes import GrantSeveralForm, RefuseSeveralForm
from tasks.models import Assignment, Extension
from tasks.services.deadlines import extensions
from wenshang_disclosure.core.web.errors import Refused, require

MOST = 200  # requests at once: a page of the largest size


@dataclass
class Row:
    """One request: its duty before and after (both with lights), and what keeps it from being decided."""

    extension: Extension
    before: Assignment
    after: Assignment | None = None
    obstacle: str = ""


@login_required
@require_POST
def decide(request):
    """Rehearse, or carry out; each request by itself, so that one that cannot be decided keeps back no other."""
    require(request.user, "tasks.decide_extension")
    grants = request.POST.get("decision") != "refuse"
    chosen = _chosen(request)
    confirms = request.POST.get("step") == "confirm"
    form_class = GrantSeveralForm if grants else RefuseSeveralForm
    form = form_class(request.POST if confirms or "due_on" in request.POST else None)
    readable = form.is_valid() if form.is_bound else False
    done = bool(chosen) and confirms and readable
    decision = dict(form.cleaned_data) if readable else {}
    rows = [_take(extension, request.user, grants, decision, rehearsing=not done) for extension in chosen]
    context = {
        "rows": rows,
        "possible": sum(not row.obstacle for row in rows),
        "form": form,
        "grants": grants,
        "done": done,
    }
    wrong = not chosen or form.is_bound and not readable
    return render(request, "tasks/deadlines/extensions/decide.html", context, status=422 if wrong else 200)


def _chosen(request):
    ids = [int(pk) for pk in request.POST.getlist("extensions") if pk.isdecimal() and len(pk) < 16][:MOST]
    return Extension.objects.visible_to(request.user).filter(pk__in=ids).for_lists().order_by("asked_at", "pk")


def _take(extension, user, grants, decision, *, rehearsing):
    """Decide one request; where it is a rehearsal, nothing of it stays."""
    row = Row(extension, _duty(extension))
    service = extensions.grant if grants else extensions.refuse
    if not grants:
        decision = {"comment": decision.get("comment") or "—"} if rehearsing else decision
    try:
        with transaction.atomic():
            row.extension = service(extension, by=user, **decision)
            row.after = _duty(extension)
            transaction.set_rollback(rehearsing)
    except (Refused, PermissionDenied) as refusal:
        row.obstacle = str(refusal)
    return row


def _duty(extension):
    return Assignment.objects.with_light().for_lists().get(pk=extension.assignment_id)
