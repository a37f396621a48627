"""Steps on an account that are asked first: moving it, closing it, and what follows from closing."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from departments.choices import BELONGS_TO_A_UNIT, Role
from departments.forms.people import MoveForm
from departments.models import ScheduledMove, User
from departments.services import leaving, people, postings, rights, scheduled_moves
from departments.sign_in import second_factor
from departments.sign_in.proof import recently_proved
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import Refused, may, require
from wenshang_disclosure.core.web.forms import carry_out

from .office_only import office_only
from .people import WAITS, find, page


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def move(request, pk):
    """Show what the person has open in their unit, and move them to another one, at once or on a day to come."""
    person = find(request, pk)
    require(request.user, "departments.place_person", person, rights.NOT_THIS_ONE)
    with_role = may(request.user, "departments.change_rights", person)
    sent = (request.POST,) if request.method == "POST" else ()
    form = MoveForm(*sent, person=person, with_role=with_role)
    if sent and form.carry_out(postings.move, person, by=request.user):
        messages.success(request, _moved(person, form))
        return redirect("departments:person", pk=pk)
    context = {"person": person, "form": form, "open_work": leaving.open_work(person), **_who_stays(person)}
    return render(request, "departments/people/move.html", context, status=form.status)


def _moved(person, form):
    """Return what became of a move, in words."""
    if isinstance(form.outcome, ScheduledMove):
        return f"已登记：{person}{form.outcome}，到那天早上由系统办理，已通知本人和有关单位。"
    return WAITS if form.outcome else f"已将{person}调到{form.cleaned_data['unit'] or office_name()}，须重新登录。"


@office_only
@require_POST
@recently_proved
def cancel_move(request, pk):
    """Cancel a move on a day to come."""
    moves = ScheduledMove.objects.filter(person__in=User.objects.visible_to(request.user))
    move = get_object_or_404(moves.select_related("person", "unit"), pk=pk)
    carry_out(request, f"已取消{move.person}的调动，并通知本人和有关单位。", scheduled_moves.cancel, move)
    return redirect("departments:person", pk=move.person_id)


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def close(request, pk):
    """Show what the person has open in their unit, and switch the account off."""
    person = find(request, pk)
    require(request.user, "departments.place_person", person, rights.NOT_THIS_ONE)
    refusal = None
    if request.method == "POST":
        try:
            waits = postings.close(person, by=request.user)
        except Refused as said:
            refusal = said
        else:
            messages.success(request, WAITS if waits else f"已停用{person}的账号。")
            return redirect("departments:person", pk=pk)
    context = {"person": person, "refusal": refusal, "open_work": leaving.open_work(person), **_who_stays(person)}
    return render(request, "departments/people/close.html", context, status=refusal.status if refusal else 200)


def _who_stays(person):
    """Return who of the unit goes on with what the person leaves."""
    post = {"unit": person.unit_id, "role__in": BELONGS_TO_A_UNIT}
    others = [one for one in User.objects.holders(**post) if one != person] if person.unit_id else []
    return {"others": others, "reports": [one for one in others if one.role == Role.LIAISON]}


@office_only
@require_POST
@recently_proved
def reopen(request, pk):
    """Switch an account on again."""
    return _carry_out(request, pk, postings.reopen, "已恢复{}的账号，原密码仍然有效；忘记的，请重新发放。")


@office_only
@require_POST
@recently_proved
def forget(request, pk):
    """Remove the personal data of a closed account."""
    return _carry_out(request, pk, people.forget, "已注销{}的个人信息，办理记录不变。")


@office_only
@require_POST
@recently_proved
def reset_second_factor(request, pk):
    """Reset the second factor of an account, whose owner has lost it."""
    return _carry_out(request, pk, second_factor.reset, "已重置{}的动态口令。")


def _carry_out(request, pk, service, said):
    person = find(request, pk)
    try:
        waits = service(person, by=request.user)
    except Refused as refusal:
        return page(request, person, refusal=refusal)
    messages.success(request, WAITS if service is postings.reopen and waits else said.format(person))
    return redirect("departments:person", pk=pk)
