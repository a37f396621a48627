"""Pages of people: the list by unit, a new account, and an account with its posts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.choices import MoveState, Role
from departments.forms.people import MembershipForm, NewPersonForm, PersonForm, RightsForm
from departments.models import Entrustment, Membership, OfficeContact, RoleGrant, Unit, User
from departments.services import people, postings, rights
from departments.sign_in import second_factor
from departments.sign_in.proof import recently_proved
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.numbers import read_number

from .office_only import office_only
from .people_by_unit import PeopleByUnit, matching

WAITS = "已提出，待另一名系统管理员在“待第二人确认”中确认后生效；只有一名系统管理员的，在服务器上确认。"
MAX_SEARCH_CHARS = 60
VIEWS = (
    ("all", "全部", "没有符合条件的单位和人员。"),
    ("without-liaison", "没有联络员", "每个单位都有联络员。"),
    ("never", "没有登录过", "每个人都登录过。"),
    ("closed", "已停用", "没有停用的账号。"),
    ("retired", "已撤销单位", "没有撤销的单位。"),
)
SHOWN_MOVES = (MoveState.WAITING, MoveState.FAILED)
VIEWS_OF_PEOPLE = {"never", "closed"}


@office_only
@require_safe
def listing(request):
    """List units with their people; `?show=` names one of `VIEWS`, `?q=` searches names, user names and numbers."""
    show, q = request.GET.get("show", ""), request.GET.get("q", "").strip()[:MAX_SEARCH_CHARS]
    show = show if show in {key for key, *_ in VIEWS} else "all"
    by_unit = PeopleByUnit(request.user)
    groups = {key: by_unit.groups(key) for key, *_ in VIEWS}
    shown = [found for group in groups[show] if (found := matching(group, q))]
    context = {
        "groups": shown,
        "tabs": [(key, words, _number(key, groups[key])) for key, words, _ in VIEWS],
        "show": show,
        "q": q,
        "nothing": "没有找到，请换一个词。" if q else {key: words for key, _, words in VIEWS}[show],
        "contact": OfficeContact.current(),
        "to_confirm": RoleGrant.objects.pending().count() + Membership.objects.waiting().count(),
        "units_number": _number("all", shown),
        "people_number": _number("never", shown),
    }
    return render(request, "departments/people/list.html", context)


def _number(view, groups):
    """Return what a view counts: people where it is one of people, units otherwise."""
    return sum(len(rows) if view in VIEWS_OF_PEOPLE else bool(unit) for unit, rows in groups)


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def add(request):
    """Register an account; `?unit=` is the unit to begin with."""
    all_roles = may(request.user, "departments.use_admin")
    if request.method != "POST":
        unit = Unit.objects.active().filter(pk=read_number(request.GET.get("unit", ""), 0)).first()
        form = NewPersonForm(all_roles=all_roles, initial={"unit": unit})
        return render(request, "departments/people/add.html", {"form": form})
    form = NewPersonForm(request.POST, all_roles=all_roles)
    if form.carry_out(postings.add, by=request.user):
        person = form.outcome
        said = f"已登记{person}，登录名{person.username}。"
        messages.success(request, said if person.is_active else f"{said}账号{WAITS}")
        return redirect("departments:person", pk=person.pk)
    return render(request, "departments/people/add.html", {"form": form}, status=form.status)


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proved
def detail(request, pk):
    """Show an account with its posts; a POST saves name, user name and contacts."""
    person = find(request, pk)
    if request.method != "POST":
        return page(request, person)
    form = PersonForm(request.POST)
    if form.carry_out(people.change_personal, person, by=request.user):
        messages.success(request, "已保存。" if form.outcome else "没有需要保存的变化。")
        return redirect("departments:person", pk=pk)
    return page(request, person, form=form)


def find(request, pk):
    """Return the account that the office may look at. Raises `Http404`."""
    return get_object_or_404(User.objects.visible_to(request.user).select_related("unit"), pk=pk)


def page(request, person, *, refusal=None, **forms):
    """Return the page of an account with the forms that were sent, `form`, `rights_form` or `membership_form`."""
    sent = next((form for form in forms.values() if form), None)
    context = {
        "person": person,
        "refusal": refusal,
        "waiting": RoleGrant.objects.pending_of(person).select_related("proposed_by", "unit").first(),
        "memberships": person.memberships.select_related("unit", "given_by"),
        "moves": person.scheduled_moves.filter(state__in=SHOWN_MOVES).select_related("unit", "scheduled_by"),
        "second_factor": second_factor.is_on(person),
        "handled": Entrustment.objects.open().filter(person=person).select_related("by"),
        "administrators": User.objects.in_post(role=Role.OFFICE).filter(is_staff=True).order_by("name", "pk"),
        "form": PersonForm(initial={name: getattr(person, name) for name in PersonForm.base_fields}),
        "rights_form": RightsForm(initial={"role": person.role, "is_staff": person.is_staff}),
        "membership_form": membership_form(request, person),
        **forms,
    }
    status = refusal.status if refusal else sent.status if sent else 200
    return render(request, "departments/people/person.html", context, status=status)


def membership_form(request, person, *sent):
    """Return the form of a further membership, with the roles that the user may give."""
    return MembershipForm(*sent, person=person, all_roles=may(request.user, "departments.change_rights", person))


@office_only
@require_POST
@recently_proved
def change_rights(request, pk):
    """Change role and right of an administrator."""
    person = find(request, pk)
    form = RightsForm(request.POST)
    if form.carry_out(rights.change, person, by=request.user):
        messages.success(request, WAITS if form.outcome else "角色和权限已保存。")
        return redirect("departments:person", pk=pk)
    return page(request, person, rights_form=form)
