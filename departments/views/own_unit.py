"""Page of a unit's own settings: approval by its leader, and deputies."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from departments.forms.own import StandInForm
from departments.models import Deputy, OfficeContact, User
from departments.services import leader_approval
from wenshang_disclosure.core.web.errors import Refused, may, require

MAX_FORMER = 20  # ended delegations on the page


def _unit_members_only(view):
    """Restrict a view to liaisons and leaders of a unit; 403 for others."""

    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        require(request.user, "departments.see_own_unit", sentence="本单位设置供各单位的联络员和分管领导使用。")
        return view(request, *args, **kwargs)

    return guarded


@_unit_members_only
@require_http_methods(["GET", "HEAD", "POST"])
def own_unit(request):
    """Show the settings; a POST turns the leader's approval on or off."""
    if request.method != "POST":
        return _page(request)
    on = request.POST.get("leader_approves") == "on"
    try:
        leader_approval.set_leader_approval(request.user.unit, on, by=request.user)
    except Refused as refusal:
        return _page(request, refusal=refusal)
    messages.success(request, "已启用报送前审签。" if on else "已停用报送前审签。")
    return redirect("departments:own-unit")


@_unit_members_only
@require_POST
def stand_in(request):
    """Appoint a deputy for the leader."""
    require(request.user, "departments.set_up_unit", sentence=leader_approval.ONLY_ITS_LEADER)
    form = _form(request, request.POST)
    if form.carry_out(leader_approval.stand_in, request.user.unit, by=request.user):
        messages.success(request, f"已委托{form.outcome}审签。")
        return redirect("departments:own-unit")
    return _page(request, form=form)


@_unit_members_only
@require_POST
def end_stand_in(request, pk):
    """End a delegation at once."""
    deputy = get_object_or_404(Deputy.objects.select_related("unit"), pk=pk, unit=request.user.unit_id)
    require(request.user, "departments.set_up_unit", sentence=leader_approval.ONLY_ITS_LEADER)
    leader_approval.end_stand_in(deputy, by=request.user)
    messages.success(request, f"已结束对{deputy.person}的委托。")
    return redirect("departments:own-unit")


def _form(request, data=None):
    people = leader_approval.may_stand_in(request.user.unit, request.user)
    return StandInForm(data, people=people, initial={"from_on": timezone.localdate()})


def _page(request, form=None, refusal=None):
    unit = request.user.unit
    deputies = unit.deputies.select_related("person", "by")
    current = deputies.not_over().order_by("from_on", "pk")
    sets_up = may(request.user, "departments.set_up_unit")
    context = {
        "unit": unit,
        "refusal": refusal,
        "people": User.objects.holders(unit=unit),
        "contact": OfficeContact.current(),
        "approvers": leader_approval.approvers(unit),
        "deputies": current,
        "former": deputies.exclude(pk__in=current.values("pk"))[:MAX_FORMER],
        "today": timezone.localdate(),
        "form": (form or _form(request)) if sets_up else None,
        "sets_up": sets_up,
    }
    status = refusal.status if refusal else (form.status if form else 200)
    return render(request, "departments/own_unit.html", context, status=status)
