"""Settings of a unit for approval by its leader: whether reports need it, and who deputises for the leader."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.choices import Role
from departments.models import Deputy, Unit, User
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

ONLY_ITS_LEADER = "本单位设置由本单位的分管领导办理。"


def approvers(unit):
    """Return the people who may approve reports of `unit` today, its leaders and their deputies, each in that post."""
    deputies = set(Deputy.objects.acting().filter(unit=unit).values_list("person", flat=True))
    people = User.objects.holders(unit=unit)
    return [person for person in people if person.role == Role.LEADER or person.pk in deputies]


def may_stand_in(unit, leader):
    """Return the people whom `leader` can appoint: the unit's other active people who are not leaders."""
    leaders = User.objects.in_post(unit=unit, role=Role.LEADER)
    people = User.objects.in_post(unit=unit).exclude(pk__in=leaders.values("pk"))
    return people.exclude(pk=leader.pk).order_by("role", "name", "pk")


@transaction.atomic
def set_leader_approval(unit, on, *, by):
    """Set whether the leader approves the unit's reports before they are submitted; return the unit.

    Reports that already await approval keep waiting. Raises `Conflict` if the setting has that value already.
    """
    unit = _lock_own_unit(unit, by)
    if unit.leader_approves == on:
        raise Conflict(f"本单位已经{'启用' if on else '停用'}报送前审签。")
    unit.leader_approves = on
    unit.save(update_fields=["leader_approves"])
    record(Kind.CHANGE, "启用报送前审签" if on else "停用报送前审签", by=by, on=unit)
    return unit


@transaction.atomic
def stand_in(unit, person, from_on, until_on, *, by):
    """Appoint `person` as the leader's deputy from one day to another, both inclusive; return the `Deputy`.

    Raises `Refused` for oneself, for anyone who is not an active person of the unit or is a leader anyway, for days in
    the past or in the wrong order, and for a deputy whose periods would overlap.
    """
    unit = _lock_own_unit(unit, by)
    _guard_person(unit, User.objects.get(pk=person.pk), by)
    if from_on > until_on:
        raise Refused("截止日期不能早于起始日期。")
    if from_on < timezone.localdate():
        raise Refused("委托不能从过去的日期开始，请从今天或以后的日期起。")
    overlapping = unit.deputies.not_over().filter(person=person, from_on__lte=until_on, until_on__gte=from_on).first()
    if overlapping:
        raise Refused(f"已委托{overlapping}，期限重叠。")
    deputy = Deputy.objects.create(unit=unit, person=person, from_on=from_on, until_on=until_on, by=by)
    record(Kind.PERMISSION, "委托审签", by=by, on=person, detail={"from": f"{from_on}", "until": f"{until_on}"})
    return deputy


def _guard_person(unit, person, by):
    if person.pk == by.pk:
        raise Refused("不能委托本人。")
    of_the_unit = User.objects.in_post(unit=unit).filter(pk=person.pk)
    if person.unit_id != unit.pk and not of_the_unit.exists():
        raise Refused("只能委托本单位的人员。")
    if not person.is_active:
        raise Refused("该人员的账号已停用，不能委托。")
    if User.objects.in_post(unit=unit, role=Role.LEADER).filter(pk=person.pk).exists():
        raise Refused(f"{person}是本单位分管领导，可以直接审签，不需要委托。")


@transaction.atomic
def end_stand_in(deputy, *, by):
    """End a delegation at once; approvals given under it remain valid. Raises `Conflict` if it has ended already."""
    _lock_own_unit(deputy.unit, by)
    deputy = Deputy.objects.select_for_update().get(pk=deputy.pk)
    if deputy.ended_at or deputy.until_on < timezone.localdate():
        raise Conflict("该委托已经结束。")
    deputy.ended_at = timezone.now()
    deputy.save(update_fields=["ended_at"])
    record(Kind.PERMISSION, "结束委托审签", by=by, on=deputy.person)
    return deputy


def delegations_of(person, unit):
    """Return the delegations in a unit, not over, that are to a person or were given by them: they end when the person
    leaves it.
    """
    return Deputy.objects.not_over().filter(Q(person=person) | Q(by=person), unit=unit)


def _lock_own_unit(unit, by):
    """Return the unit, locked. Raises `PermissionDenied` unless `by` is its leader."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    require(by, "departments.set_up_unit", sentence=ONLY_ITS_LEADER)
    if by.unit_id != unit.pk:
        raise PermissionDenied(ONLY_ITS_LEADER)
    return unit
