"""Pages of 填报表: download, upload, and the check page from which it is saved, submitted or entered for a unit."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from departments.models import Unit
from tasks.choices import LineKind
from tasks.forms.progress.sheets import AttestForm, SheetForm
from tasks.imports.sheets.child import read_limited
from tasks.imports.sheets.writing import write
from tasks.models import SheetUpload
from tasks.services.progress import reports, sheets
from wenshang_disclosure.core.office.content_types import XLSX
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Refused, may, require
from wenshang_disclosure.core.web.numbers import read_number

WHO = worded("填报表由承办单位的联络员填报，或者由{office_short}代填。")
UPLOADS_SHOWN = 5
ASKED_FIRST = (LineKind.WRONG, LineKind.CONFLICT, LineKind.CLOSED)
QUIET = (LineKind.SENT, LineKind.SAME, LineKind.BLANK)


def _enters(request):
    """Return whether the user takes sheets in for units. Raises `PermissionDenied` for who has nothing to do here."""
    require(request.user, "tasks.use_sheet", sentence=WHO)
    return may(request.user, "tasks.enter_for_unit")


@login_required
@require_safe
def sheet(request):
    """Show where to download the 填报表 and where to upload it, with the latest uploads."""
    return _start(request, SheetForm(for_unit=_enters(request), initial={"unit": request.GET.get("unit")}))


def _start(request, form):
    enters = _enters(request)
    shown = SheetUpload.objects.visible_to(request.user).defer("content").select_related("unit")[:UPLOADS_SHOWN]
    context = {"form": form, "enters": enters, "uploads": shown, "asked_unit": request.GET.get("unit", "")}
    if enters:
        context |= {"units": Unit.objects.active(), "has_past": sheets.any_used_later()}
    else:
        owed, rounds = sheets.owed_now(request.user.unit)
        context |= {"owed": owed.count(), "has_round": bool(rounds)}
    return render(request, "tasks/progress/sheets/start.html", context, status=form.status)


@login_required
@require_safe
def download(request):
    """Return the 填报表 of the own unit; for the office that of `?unit=`, without what is not submitted."""
    enters = _enters(request)
    unit = get_object_or_404(Unit, pk=read_number(request.GET.get("unit"), 0)) if enters else request.user.unit
    content = sheets.content_of(unit, by=request.user, past="past" in request.GET)
    name = f"{unit.label}{'补录' if content.is_past else ''}填报表.xlsx"
    return FileResponse(write(content), as_attachment=True, filename=name, content_type=XLSX)


@login_required
@require_POST
def upload(request):
    """Receive a filled-in 填报表 and lead to its check page."""
    form = SheetForm(request.POST, request.FILES, for_unit=_enters(request))
    if form.carry_out(sheets.receive, read=read_limited, by=request.user):
        return redirect("tasks:check-sheet", pk=form.outcome.pk)
    return _start(request, form)


def _own(request, pk):
    _enters(request)
    return get_object_or_404(SheetUpload.objects.visible_to(request.user).select_related("unit", "by"), pk=pk)


@login_required
@require_safe
def check(request, pk):
    """Show what the sheet says against what the server has, and what came of it."""
    return _check(request, _own(request, pk))


def _check(request, upload, form=None):
    lines = sheets.check(upload, by=request.user)
    if form is None:
        name = upload.attested_name or ("" if upload.for_unit else reports.last_attested_name(request.user))
        form = AttestForm(for_unit=upload.for_unit, initial={"attested_name": name})
    by_kind = {kind: [line for line in lines if line.kind == kind] for kind in LineKind}
    in_file = {str(line.duty.pk) for line in lines if line.duty}
    context = {
        "upload": upload,
        "form": form,
        "counts": [(kind.label, len(found)) for kind, found in by_kind.items() if found],
        "asked_first": [line for kind in ASKED_FIRST for line in by_kind[kind]],
        "going": [line for line in lines if line.kind in (LineKind.NEW, LineKind.CHANGED)],
        "quiet": [line for kind in QUIET for line in by_kind[kind]],
        "missing": len(upload.content["drafts"].keys() - in_file),
        "to_save": sum(line.is_saved for line in lines),
        "to_submit": sum(line.is_submitted for line in lines),
        "saved": len(by_kind[LineKind.SAME]),
        "waits": sum(line.waits for line in lines),
        "wrong": len(by_kind[LineKind.WRONG]),
        "asks_leader": upload.unit.leader_approves and not upload.for_unit,
    }
    return render(request, "tasks/progress/sheets/check.html", context, status=form.status)


@login_required
@require_POST
def choose(request, pk):
    """Keep what was chosen and typed on the check page, for a script as it is chosen."""
    _keep_choices(request, _own(request, pk))
    return HttpResponse(status=204) if request.htmx else redirect("tasks:check-sheet", pk=pk)


def _keep_choices(request, upload):
    posted = request.POST
    chosen = {name.removeprefix("choice-"): value for name, value in posted.items() if name.startswith("choice-")}
    choices = {key: (value, posted.get(f"state-{key}", "")) for key, value in chosen.items()}
    return sheets.choose(upload, by=request.user, choices=choices, attested_name=posted.get("attested_name", ""))


@login_required
@require_POST
def take(request, pk):
    """Save the rows as drafts, or submit them; what was chosen is kept either way."""
    upload = _keep_choices(request, _own(request, pk))
    form = AttestForm(request.POST, for_unit=upload.for_unit)
    if request.POST.get("action") == "submit":
        done = form.carry_out(sheets.submit, upload, by=request.user)
    elif upload.for_unit:
        raise Refused("代填的填报表不存为草稿，请核对后报送。")
    else:
        done = form.is_valid() and form.call(sheets.save, upload, by=request.user)
    if not done:
        return _check(request, upload, form)
    _tell(request, form.outcome.results)
    return redirect("tasks:check-sheet", pk=pk)


def _tell(request, results):
    done = {}
    for one in results:
        if not one["error"]:
            done[one["done"]] = done.get(one["done"], 0) + 1
    refused = sum(bool(one["error"]) for one in results)
    said = "，".join(f"{what}{number}件" for what, number in done.items())
    if said:
        messages.success(request, f"{said}。")
    if refused:
        messages.warning(request, f"有{refused}件没有办成，原因见下。")


@login_required
@require_POST
def discard(request, pk):
    """Delete an upload; what was taken from it stays."""
    sheets.discard(_own(request, pk), by=request.user)
    messages.success(request, "已删除上传的填报表。已存的草稿和已报送的内容不受影响。")
    return redirect("tasks:sheet")
