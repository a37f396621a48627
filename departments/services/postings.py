"""Steps of the office on accounts: adding, moving, closing and reopening them (人员登记、调动、停用)."""

from collections import Counter

from django.db import transaction
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, NEEDS_SECOND_PERSON, Handling, MoveState, Role
from departments.models import ScheduledMove, Unit, User
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import office_name, worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import entrusting, people, rights, scheduled_moves

BY_ADMINISTRATORS = "“{}”的账号由系统管理员登记。"
ONLY_OFFICE = worded("单位和人员由{office_short}工作人员管理。")


@transaction.atomic
def add(*, by, name, role, unit=None, username="", phone="", email=""):
    """Register an account without a password, which an administrator gives its owner; return it.

    The user name is the telephone number unless one is given. Where the role needs a second person the account is off
    until that has confirmed it. Raises `Refused` for a user name that is taken, a unit that is gone, and a role of a
    unit without one.
    """
    require(by, "departments.manage_people", sentence=ONLY_OFFICE)
    if role not in BELONGS_TO_A_UNIT:
        require(by, "departments.use_admin", sentence=BY_ADMINISTRATORS.format(Role(role).label))
    username = username or phone.replace(" ", "") or email.partition("@")[0]
    _guard(username, role, unit)
    powerful = role in NEEDS_SECOND_PERSON
    about = {"username": username, "name": name, "phone": phone, "email": email}
    person = User(**about, role=role, unit=unit, is_active=not powerful, must_change_password=True)
    person.set_unusable_password()
    person.save()
    entrusting.note([person], by=by, how=Handling.MADE)
    fields = [field for field in about if about[field]]
    detail = {"role": role, "unit": unit and unit.name, "fields": fields}
    record(Kind.PERMISSION, "新增人员", by=by, on=person, detail=detail)
    people.take_posts([person])
    if powerful:
        rights.change(person, by=by, is_active=True)
    return person


def _guard(username, role, unit):
    if not username:
        raise Refused("请填写登录名或联系电话：没有登录名的，以联系电话登录。", field="username")
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(f"登录名“{username}”已有人使用，请换一个。", field="username")
    if role in BELONGS_TO_A_UNIT and unit is None:
        raise Refused("联络员和分管领导必须选择所在单位。", field="unit")
    if unit and not unit.is_active:
        raise Refused(f"{unit}已撤销。", field="unit")


@transaction.atomic
def move(person, *, unit, by, on=None, role=None):
    """Move an account to another unit from a day on, today by default; return the `RoleGrant` where that waits for a
    second person, the `ScheduledMove` where the day is yet to come.

    What the person wrote stays with the unit that they leave, whose people are told; tokens, calendar, delegations and
    sessions of the old post end. Raises `Refused` for a unit that is gone and the same post.
    """
    on, role = on or timezone.localdate(), role or person.role
    if (unit and unit.pk, role) == (person.unit_id, person.role):
        raise Refused(f"{person}已在{unit or office_name()}，角色也没有变化。", field="unit")
    if on > timezone.localdate():
        return scheduled_moves.schedule(person, unit=unit, role=role, on=on, by=by)
    if unit and not unit.is_active:
        raise Refused(f"{unit}已撤销。", field="unit")
    return rights.change(person, by=by, on=on, **_changes(person, unit, role))


def _changes(person, unit, role):
    return {"unit": unit} if role == person.role else {"unit": unit, "role": role}


def carry_out_scheduled():
    """Carry out the moves whose day has come, each in a transaction of its own; return `{state: number}`.

    One that is refused is marked as failed, and those concerned are told why.
    """
    states = Counter(_carry_out(*move) for move in list(ScheduledMove.objects.due().values_list("pk", "person")))
    return {state: states[state] for state in (MoveState.DONE, MoveState.FAILED)}


@transaction.atomic
def _carry_out(pk, person):
    User.objects.select_for_update(of=("self",)).get(pk=person)  # the account is locked before its moves, as elsewhere
    moves = ScheduledMove.objects.select_for_update(of=("self",)).select_related("person", "unit", "scheduled_by")
    move = moves.get(pk=pk)
    if move.state != MoveState.WAITING:  # cancelled, or carried out by another run
        return None
    scheduled_moves.end(move, MoveState.DONE)
    try:
        with transaction.atomic():
            _move_as_scheduled(move)
    except Refused as refusal:
        scheduled_moves.end(move, MoveState.FAILED, outcome=str(refusal))
        record(Kind.PERMISSION, "预定调动未能办理", on=move, detail={"reason": str(refusal)})
        scheduled_moves.tell_of_failure(move)
    return move.state


def _move_as_scheduled(move):
    if move.unit and not Unit.objects.active().filter(pk=move.unit_id).exists():
        raise Refused(f"{move.unit}已撤销。")
    changes = _changes(move.person, move.unit, move.role)
    if rights.change_as_decided(move.person, by=move.scheduled_by, on=move.on, **changes):
        scheduled_moves.end(move, MoveState.DONE, outcome=f"提出调任{move.post_in_words}，待另一名系统管理员确认")
    record(Kind.PERMISSION, "办理预定调动", on=move)
    scheduled_moves.tell_of_move(move)


def close(person, *, by):
    """Switch an account off, with all that belongs to it; return the `RoleGrant` where that waits.

    Raises `Conflict` where it is off already.
    """
    if not User.objects.filter(pk=person.pk, is_active=True).exists():
        raise Conflict(f"“{person}”的账号已经停用。")
    return rights.change(person, by=by, is_active=False)


def reopen(person, *, by):
    """Switch an account on again; return the `RoleGrant` where that waits. Raises `Refused` where its unit is gone or
    its personal data were removed, `Conflict` where it is on already.
    """
    if User.objects.filter(pk=person.pk, is_active=True).exists():
        raise Conflict(f"“{person}”的账号正在使用，不需要恢复。")
    unit = person.unit_id and Unit.objects.get(pk=person.unit_id)
    if unit and not unit.is_active:
        raise Refused(f"{unit}已撤销，请先把{person}调到其他单位。")
    if person.name == people.NOBODY:
        raise Refused("该账号的个人信息已经注销，不能恢复，请登记新的账号。")
    return rights.change(person, by=by, is_active=True)
