"""Pages for importing units and people from an Excel file."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.forms.units import RegisterFileForm
from departments.imports import layout
from departments.models import UnitImport
from departments.services import entrusting, unit_imports
from departments.sign_in.proof import recently_proved
from wenshang_disclosure.core.office.content_types import XLSX
from wenshang_disclosure.core.web.errors import Refused, require

from .confirmations import slips
from .office_only import office_only


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def start(request):
    """Upload a file and show its preview."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RegisterFileForm(*sent)
    if sent and form.carry_out(unit_imports.receive, by=request.user):
        return redirect("departments:import-file", pk=form.outcome.pk)
    return render(request, "departments/imports/start.html", {"form": form}, status=form.status)


@office_only
@require_safe
def template(request):
    """Download the empty template."""
    return FileResponse(layout.template(), as_attachment=True, filename="单位和人员导入模板.xlsx", content_type=XLSX)


@office_only
@require_safe
def detail(request, pk):
    """Show what the file would change, or what it changed."""
    return _page(request, get_object_or_404(UnitImport, pk=pk))


def _page(request, unit_import, refusal=None):
    context = {"unit_import": unit_import, "refusal": refusal, "made": unit_import.made.count()}
    if not unit_import.taken_at:
        context["prospect"] = unit_imports.prospect(unit_import.rows, by=request.user)
    status = refusal.status if refusal else 200
    return render(request, "departments/imports/detail.html", context, status=status)


@office_only
@require_POST
@recently_proved
def take(request, pk):
    """Import the rows."""
    unit_import = get_object_or_404(UnitImport, pk=pk)
    try:
        done = unit_imports.take(unit_import, by=request.user)
    except Refused as refusal:
        return _page(request, unit_import, refusal)
    if done:
        messages.success(request, f"已登记{len(done.new_units)}个单位、{len(done.new_people)}名人员。")
    return redirect("departments:import-file", pk=pk)


@office_only
@require_POST
@recently_proved
def passwords(request, pk):
    """Show the one-time passwords as slips to print, once."""
    unit_import = get_object_or_404(UnitImport, pk=pk)
    require(request.user, "departments.give_passwords", sentence=entrusting.ONLY_ADMINISTRATORS)
    try:
        given = unit_imports.give_passwords(unit_import, by=request.user)
    except Refused as refusal:
        return _page(request, unit_import, refusal)
    return slips(request, given)
