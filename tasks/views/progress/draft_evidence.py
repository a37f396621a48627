"""Evidence of drafts, asked for by scripts while a form stays open: answers are JSON with the list to show."""

import time

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from tasks.forms import EvidenceForm, LinkForm
from tasks.models import Assignment, Evidence
from tasks.services.progress import draft_versions, evidence, reports
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.core.web.numbers import read_number

from .reports import ONLY_ITS_LIAISON, PLACE_TOLD, ReportEditor, errors_of, says_place, with_labels

LISTS = {"row": "tasks/progress/batch/_evidence.html"}
"""The list of a draft's evidence, by the page that asks; others show that of the form of one report."""


def _answer(request, draft):
    """Return the draft's evidence as the asking page lists it, and the version from which a form goes on.

    The form goes on from it if it has none yet; where somebody has written in the draft that is 0, so that the form
    does not overwrite what it has never shown. Files go up two at a time, and the answers may cross: `at` says which
    list is the later one.
    """
    at = time.time()
    items = with_labels(draft.evidence, draft.assignment.plan)
    listed = {"evidence": items, "removable": True, "shown": False}
    template = LISTS.get(request.POST.get("as"), "tasks/progress/_evidence_list.html")
    notice = PLACE_TOLD if says_place(draft) else ""
    shown = render_to_string(template, listed, request)
    version = draft.version if draft_versions.is_as_begun(draft) else 0
    return {"version": version, "evidence": shown, "number": len(items), "notice": notice, "at": at}


def _attach(request, pk, make_form, service):
    """Attach what a form brings to the duty's draft, or to a new one."""
    editor = ReportEditor(request, pk)
    form = make_form(editor.duty.plan)
    try:
        draft = reports.start_answer(editor.duty, by=request.user)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=refusal.status)
    if form.carry_out(service, draft, by=request.user):
        return JsonResponse(_answer(request, draft))
    return errors_of(form)


@login_required
@require_POST
def attach(request, pk):
    """Attach the posted files to the draft of a duty."""
    return _attach(
        request, pk, lambda plan: EvidenceForm(request.POST, request.FILES, plan=plan), evidence.attach_files
    )


@login_required
@require_POST
def attach_link(request, pk):
    """Attach a published page to the draft of a duty."""
    return _attach(request, pk, lambda plan: LinkForm(request.POST, plan=plan), evidence.attach_link)


@login_required
@require_POST
def remove(request, pk):
    """Remove an item from a draft of the own unit; of a returned report, from the answer that this begins."""
    item = get_object_or_404(_of_own_unit(request.user).select_related("report__assignment"), pk=pk)
    try:
        draft = evidence.take_out(item, by=request.user)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=refusal.status)
    return JsonResponse(_answer(request, draft))


@login_required
@require_safe
def shelf(request):
    """Show what the own unit has given as evidence, to be chosen for duties."""
    require(request.user, "tasks.write_report", Assignment(unit_id=request.user.unit_id), ONLY_ITS_LIAISON)
    return render(request, "tasks/progress/batch/_shelf.html", {"items": evidence.shelf(request.user.unit)})


@login_required
@require_POST
def attach_again(request):
    """Attach chosen items of the shelf to the drafts of chosen duties; the answer is by duty, with what was refused."""
    user = request.user
    require(user, "tasks.write_report", Assignment(unit_id=user.unit_id), ONLY_ITS_LIAISON)
    items = list(_of_own_unit(user).select_related("stored").filter(pk__in=_ids(request, "item")))
    if not items:
        return JsonResponse({"duties": {}, "refused": ["所选材料已不在已传材料中，请关闭后重新选择。"]})
    own = Assignment.objects.visible_to(user).filter(unit=user.unit_id, pk__in=_ids(request, "duty"))
    answers, refused = {}, []
    for duty in own.select_related("task").order_by("task__number", "pk"):
        try:
            answers[duty.pk] = _answer(request, evidence.attach_again(duty, items, by=user))
        except Refused as refusal:
            refused.append(f"第{duty.task.number}项：{refusal}")
    return JsonResponse({"duties": answers, "refused": refused})


def _ids(request, name):
    return [pk for pk in map(read_number, request.POST.getlist(name)) if pk is not None]


def _of_own_unit(user):
    return Evidence.objects.visible_to(user).filter(report__assignment__unit=user.unit_id)
