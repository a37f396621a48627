"""Further memberships (任职): giving, confirming and ending them, and which one a session works as."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, NEEDS_SECOND_PERSON, Role
from departments.models import ApiToken, Membership, Unit, User, UserSession
from departments.signals import posts_left
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import leader_approval, people

NOT_THIS_ONE = worded(
    "联络员和分管领导的任职由{office_short}工作人员登记，其他人员的由系统管理员登记；本人的由他人办理。"
)
ANOTHER_ROLE = "该人员现为{}，兼任{}属于角色变更，由系统管理员办理。"
ANOTHER_ONE = "须由另一名系统管理员确认：不能是登记人、本人，也不能是账号由登记人经手的人员。"


@transaction.atomic
def give(person, *, unit, role, by, from_on=None, until_on=None):
    """Give a further membership, from today and for good unless days are given; return the `Membership`.

    That of an account of the office's waits for a second person. Raises `Refused` for an account that is off, for days
    that are past or in the wrong order, a unit that does not exist then, and a post that the person has already.
    """
    require(by, "departments.place_person", person, NOT_THIS_ONE)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if role != person.role:
        words = ANOTHER_ROLE.format(person.get_role_display(), Role(role).label)
        require(by, "departments.change_rights", person, words)
    from_on = from_on or timezone.localdate()
    _guard(person, unit, role, from_on, until_on)
    waits = person.role in NEEDS_SECOND_PERSON or person.is_staff
    given = Membership.objects.create(
        person=person,
        unit=unit,
        role=role,
        from_on=from_on,
        until_on=until_on,
        given_by=by,
        confirmed_at=None if waits else timezone.now(),
    )
    record(Kind.PERMISSION, "提出兼任" if waits else "登记兼任", by=by, on=given, detail=_days(given))
    if waits:
        people.tell_administrators(f"{by}提出：{person}（{person.username}）兼任{given}，待另一名系统管理员确认。")
    else:
        _begin(given)
    return given


def _guard(person, unit, role, from_on, until_on):
    if not person.is_active:
        raise Refused(f"“{person}”的账号已停用，请先恢复。")
    if role not in BELONGS_TO_A_UNIT:
        raise Refused("兼任只能是联络员或者分管领导。", field="role")
    if from_on < timezone.localdate():
        raise Refused("兼任从当天或以后的日期起算。", field="from_on")
    if until_on and until_on < from_on:
        raise Refused("截止日期不能早于起始日期。", field="until_on")
    if not Unit.objects.active(from_on).filter(pk=unit.pk).exists():
        raise Refused(f"{unit}在{from_on:%Y-%m-%d}不在册。", field="unit")
    if (person.unit_id, person.role) == (unit.pk, role):
        raise Refused(f"{person}已是{unit}{Role(role).label}。", field="unit")
    if Membership.objects.not_over().filter(person=person, unit=unit, role=role).exists():
        raise Refused(f"{person}兼任{unit}{Role(role).label}已经登记，可以先结束再重新登记。", field="unit")


def _begin(membership):
    """Tell the person what stands in the unit, where the membership counts today."""
    if membership.is_in_force:
        people.take_posts([membership.person.work_as(membership)])


@transaction.atomic
def confirm(membership, *, by):
    """Confirm a membership of an account of the office's as the second person; return it."""
    membership = _waiting(membership, by)
    membership.confirmed_by, membership.confirmed_at = by, timezone.now()
    membership.save(update_fields=["confirmed_by", "confirmed_at"])
    record(Kind.PERMISSION, "确认兼任", by=by, on=membership)
    people.tell_administrators(f"{by}确认：{membership.person}兼任{membership}。")
    _begin(membership)
    return membership


@transaction.atomic
def refuse(membership, *, by):
    """Refuse a membership of an account of the office's as the second person; return it."""
    membership = _waiting(membership, by)
    _mark_ended(membership, by)
    record(Kind.PERMISSION, "不同意兼任", by=by, on=membership)
    people.tell_administrators(f"{by}不同意{membership.person}兼任{membership}。")
    return membership


def _waiting(membership, by):
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=membership.pk)
    )
    require(by, "departments.decide_membership", membership, ANOTHER_ONE)
    if membership.confirmed_at or membership.ended_at:
        raise Conflict("这项兼任已经办理。")
    return membership


@transaction.atomic
def end(membership, *, by):
    """End a membership at once, with what belongs to it; sessions that work as it go on as the account. Return it.

    Raises `Conflict` where it is over already.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=membership.pk)
    )
    require(by, "departments.place_person", membership.person, NOT_THIS_ONE)
    if not Membership.objects.not_over().filter(pk=membership.pk).exists():
        raise Conflict("这项任职已经结束。")
    was_in_force = membership.is_in_force
    end_all([membership], by=by)
    record(Kind.PERMISSION, "结束兼任", by=by, on=membership)
    if was_in_force:
        posts_left.send(Membership, person=membership.person, unit=membership.unit, role=membership.role, by=by)
    return membership


def end_all(memberships, *, by):
    """End memberships with their tokens, calendars and delegations, under the caller's transaction."""
    for membership in memberships:
        _mark_ended(membership, by)
        leader_approval.delegations_of(membership.person, membership.unit).update(ended_at=timezone.now())
    ended = [membership.pk for membership in memberships]
    ApiToken.objects.filter(membership__in=ended, revoked_at__isnull=True).update(revoked_at=timezone.now())
    UserSession.objects.active().filter(membership__in=ended).update(membership=None)


def _mark_ended(membership, by):
    membership.ended_by, membership.ended_at, membership.calendar_key = by, timezone.now(), None
    membership.save(update_fields=["ended_by", "ended_at", "calendar_key"])


@transaction.atomic
def switch(user, membership, *, session):
    """Let a session, by id, work as a membership of its person's, `None` for the post of the account.

    Other sessions of the person stay as they are. Raises `PermissionDenied` for a membership that is not the person's
    or does not count today.
    """
    if membership is not None and (membership.person_id != user.pk or not membership.is_in_force):
        raise PermissionDenied("这项任职不是您的，或者今天不在任。")
    UserSession.objects.filter(pk=session, user=user.pk).update(membership=membership)
    words = str(membership) if membership else "本职"
    record(Kind.SIGN_IN, "切换任职", by=user, on=user, detail={"post": words})


def _days(membership):
    days = {"from": membership.from_on, "until": membership.until_on}
    return {name: day.isoformat() for name, day in days.items() if day}
