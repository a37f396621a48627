"""Pages of a unit: adding it, changing it, closing it and restoring it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from departments.forms.units import RetireForm, UnitForm
from departments.models import Unit, User
from departments.services import units
from wenshang_disclosure.core.web.errors import Refused

from .office_only import office_only


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def add(request):
    """Establish a unit."""
    form = UnitForm(*_sent(request))
    if form.is_bound and form.carry_out(units.add, by=request.user):
        messages.success(request, f"已登记{form.outcome}，自今日起承担已印发分解表中统称所指的任务。请登记它的联络员。")
        return redirect(_place_of(form.outcome))
    return render(request, "departments/units/form.html", {"form": form}, status=form.status)


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Change what a unit is called, its kind and its place in the lists."""
    unit = _find(request, pk)
    form = UnitForm(*_sent(request), unit=unit)
    if form.is_bound and form.carry_out(units.change, unit, by=request.user):
        messages.success(request, f"{form.outcome}已保存。")
        return redirect(_place_of(form.outcome))
    context = {"form": form, "unit": unit, "former": unit.aliases.filter(used_until__isnull=False)}
    return render(request, "departments/units/form.html", context, status=form.status)


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request, pk):
    """Close a unit, and say what becomes of its duties and its people."""
    unit = _find(request, pk)
    form = RetireForm(*_sent(request), unit=unit)
    if form.is_bound and form.carry_out(units.retire, unit, by=request.user):
        messages.success(request, f"{unit}已撤销。")
        for sentence in form.outcome:
            messages.info(request, sentence)
        return redirect(f"{reverse('departments:people')}?show=retired")
    people = User.objects.visible_to(request.user).filter(unit=unit, is_active=True)
    context = {"form": form, "unit": unit, "people": people}
    return render(request, "departments/units/retire.html", context, status=form.status)


@office_only
@require_POST
def restore(request, pk):
    """Undo the closing of a unit that was entered by mistake."""
    unit = _find(request, pk)
    if unit.retired_on is None:
        raise Refused(f"{unit}没有撤销，不需要恢复。")
    for sentence in units.restore(unit, by=request.user):
        messages.info(request, sentence)
    messages.success(request, f"{unit}已恢复。")
    return redirect(_place_of(unit))


def _sent(request):
    return (request.POST,) if request.method == "POST" else ()


def _find(request, pk):
    return get_object_or_404(Unit.objects.visible_to(request.user), pk=pk)


def _place_of(unit):
    return f"{reverse('departments:people')}#unit-{unit.pk}"
