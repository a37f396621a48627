"""Pages of what needs a second person: changes of rights, accounts in two hands, and one-time passwords."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.choices import GrantState
from departments.models import Entrustment, Membership, OfficeContact, RoleGrant, User
from departments.services import entrusting, registration, rights
from departments.sign_in.proof import recently_proved
from wenshang_disclosure.core.web.errors import Refused, may, require
from wenshang_disclosure.core.web.forms import carry_out
from wenshang_disclosure.core.web.pages import page_of

PAGE_SIZE = 50
MAX_DECIDED = 20
ONLY_ADMINISTRATORS = "人员权限由系统管理员办理。"


@login_required
@require_safe
def listing(request):
    """List changes of rights that wait, the latest decided ones, and accounts that somebody else handled."""
    require(request.user, "departments.see_confirmations", sentence=ONLY_ADMINISTRATORS)
    grants = RoleGrant.objects.select_related("person__unit", "unit", "proposed_by", "decided_by")
    handled = Entrustment.objects.open().select_related("person__unit", "by").order_by("person__unit__order", "pk")
    page = page_of(request, handled, PAGE_SIZE)
    for one in page:
        one.may_confirm = may(request.user, "departments.confirm_owner", one.person)
    context = {
        "pending": grants.pending().order_by("pk"),
        "memberships": Membership.objects.waiting().select_related("person__unit", "unit", "given_by").order_by("pk"),
        "decided": grants.exclude(state=GrantState.PENDING)[:MAX_DECIDED],
        "page": page,
    }
    return render(request, "departments/confirmations/list.html", context, status=page.status)


@login_required
@require_POST
@recently_proved
def confirm(request, pk):
    """Confirm a change of rights."""
    return _decide(request, pk, rights.confirm, "已确认，权限变更已生效。")


@login_required
@require_POST
@recently_proved
def refuse(request, pk):
    """Refuse a change of rights."""
    return _decide(request, pk, rights.refuse, "已记录不同意，权限不变。")


@login_required
@require_POST
@recently_proved
def withdraw(request, pk):
    """Withdraw one's own proposal."""
    return _decide(request, pk, rights.withdraw, "已撤回。")


def _decide(request, pk, service, said):
    require(request.user, "departments.use_admin", sentence=ONLY_ADMINISTRATORS)
    carry_out(request, said, service, get_object_or_404(RoleGrant, pk=pk))
    return redirect("departments:confirmations")


@login_required
@require_POST
@recently_proved
def confirm_owner(request, pk):
    """Confirm that an account is in its owner's hands alone."""
    require(request.user, "departments.use_admin", sentence=ONLY_ADMINISTRATORS)
    person = get_object_or_404(User, pk=pk)
    carry_out(request, f"已确认{person}的账号由本人掌握。", entrusting.confirm_owner, person)
    return redirect("departments:confirmations")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def give_password(request, pk):
    """Ask before a one-time password is given; a POST gives it and shows the slip once."""
    require(request.user, "departments.use_admin", sentence=entrusting.ONLY_ADMINISTRATORS)
    person = get_object_or_404(User.objects.select_related("unit"), pk=pk)
    require(request.user, "departments.give_password", person, entrusting.NOT_THIS_ONE)
    refusal = None
    if request.method == "POST":
        try:
            return slips(request, [(person, entrusting.give_password(person, by=request.user))])
        except Refused as said:
            refusal = said
    return _password_page(request, person, refusal)


def _password_page(request, person, refusal=None):
    context = {"person": person, "refusal": refusal, "mail_is_on": settings.MAIL_IS_ON}
    status = refusal.status if refusal else 200
    return render(request, "departments/confirmations/give_password.html", context, status=status)


@login_required
@require_POST
@recently_proved
def send_link(request, pk):
    """Mail the owner of an account a link to set its password."""
    require(request.user, "departments.use_admin", sentence=entrusting.ONLY_ADMINISTRATORS)
    person = get_object_or_404(User.objects.select_related("unit"), pk=pk)
    try:
        registration.send(person, by=request.user, page=_own_address(request, "departments:register"))
    except Refused as refusal:
        return _password_page(request, person, refusal)
    messages.success(request, f"登记链接已发往{person.email}，48小时内有效，只能使用一次。")
    return redirect("departments:confirmations")


def slips(request, given):
    """Return the page of slips to print for `[(person, password)]`, which is not stored anywhere."""
    context = {
        "given": given,
        "address": _own_address(request, "departments:sign-in"),
        "contact": OfficeContact.current(),
    }
    response = render(request, "departments/confirmations/slips.html", context)
    add_never_cache_headers(response)
    return response


def _own_address(request, name):
    path = reverse(name)
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)
