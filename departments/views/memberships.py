"""Steps on further memberships, and the switch between them in the menu."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from departments.models import Membership, User
from departments.services import memberships
from departments.sign_in import sessions
from departments.sign_in.proof import recently_proved
from wenshang_disclosure.core.web.errors import require
from wenshang_disclosure.core.web.forms import carry_out
from wenshang_disclosure.core.web.numbers import read_number

from .office_only import office_only
from .people import find, membership_form, page

ONLY_ADMINISTRATORS = "人员权限由系统管理员办理。"


@office_only
@require_POST
@recently_proved
def give(request, pk):
    """Give a person a further membership."""
    person = find(request, pk)
    form = membership_form(request, person, request.POST)
    if form.carry_out(memberships.give, person, by=request.user):
        waits = "" if form.outcome.confirmed_at else "，待另一名系统管理员确认后生效"
        messages.success(request, f"已登记{person}兼任{form.outcome}{waits}。")
        return redirect("departments:person", pk=pk)
    return page(request, person, membership_form=form)


@office_only
@require_POST
@recently_proved
def end(request, pk):
    """End a membership at once."""
    membership = _find(request, pk)
    carry_out(request, f"{membership.person}不再兼任{membership}。", memberships.end, membership)
    return redirect("departments:person", pk=membership.person_id)


@login_required
@require_POST
@recently_proved
def confirm(request, pk):
    """Confirm a membership as the second person."""
    return _decide(request, pk, memberships.confirm, "已确认，兼任已生效。")


@login_required
@require_POST
@recently_proved
def refuse(request, pk):
    """Refuse a membership as the second person."""
    return _decide(request, pk, memberships.refuse, "已记录不同意。")


def _decide(request, pk, service, said):
    require(request.user, "departments.use_admin", sentence=ONLY_ADMINISTRATORS)
    carry_out(request, said, service, _find(request, pk))
    return redirect("departments:confirmations")


def _find(request, pk):
    visible = Membership.objects.filter(person__in=User.objects.visible_to(request.user))
    return get_object_or_404(visible.select_related("person", "unit"), pk=pk)


@login_required
@require_POST
def switch(request):
    """Work as another of one's memberships in this session; 0 is the post of the account."""
    pk = read_number(request.POST.get("membership", ""), None)
    own = request.user.memberships.in_force().select_related("unit")
    membership = get_object_or_404(own, pk=pk) if pk != 0 else None
    memberships.switch(request.user, membership, session=request.session.get(sessions.SESSION_KEY))
    words = {one: text for one, text, _ in request.user.posts()}[pk]
    messages.success(request, f"现以{words}办理。")
    return redirect("home")
