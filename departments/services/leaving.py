"""What a person leaves behind with a post: what is open there, and what ends with it."""

import datetime as dt

from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, NEEDS_SECOND_PERSON
from departments.models import ApiToken, Membership, User, UserSession
from departments.sign_in import sessions
from departments.signals import looking_for_open_work, posts_left

from . import leader_approval, memberships, scheduled_moves


def open_work(person):
    """Return `[(label, number)]` of what is open in the person's unit by them, and of what ends when they leave it."""
    answers = looking_for_open_work.send(User, person=person, unit=person.unit) if person.unit_id else ()
    found = [line for _, lines in answers for line in lines]
    ends = [
        ("委托审签（将结束）", leader_approval.delegations_of(person, person.unit_id).count()),
        ("接口令牌（将停用）", _tokens(person).count()),
        ("日历订阅（将停用）", int(person.calendar_key is not None)),
        ("正在登录（将结束）", UserSession.objects.active().filter(user=person).count()),
    ]
    return [(label, number) for label, number in [*found, *ends] if number]


def follow(person, before, after, *, by, on):
    """End what belongs to the post that an account has just left, and tell its unit, under the caller's transaction.

    `before` and `after` are the rights of the account; the post is left from `on`.
    """
    if not before["is_active"]:
        return
    moved = before["unit"] != after["unit"] or before["role"] != after["role"]
    if not moved and after["is_active"]:
        return
    scheduled_moves.drop(person, by=by)
    sessions.end_all(person, by=by)
    _end_keys(person)
    leader_approval.delegations_of(person, before["unit"]).update(ended_at=timezone.now())
    memberships.end_all(_memberships_that_end(person, after), by=by)
    if before["role"] in BELONGS_TO_A_UNIT:
        if moved:
            _keep(person, before, by, on)
        posts_left.send(User, person=person, unit=before["unit"], role=before["role"], by=by)


def _end_keys(person):
    _tokens(person).update(revoked_at=timezone.now())
    User.objects.filter(pk=person.pk).update(calendar_key=None)
    person.calendar_key = None


def _tokens(person):
    return ApiToken.objects.of(person).filter(membership__isnull=True)


def _memberships_that_end(person, after):
    """Return the further memberships that end: all with the account or for a role that needs a second person, else the
    one that became the account's own.
    """
    held = Membership.objects.not_over().filter(person=person)
    if after["is_active"] and after["role"] not in NEEDS_SECOND_PERSON:
        held = held.filter(unit=after["unit"], role=after["role"])
    return list(held)


def _keep(person, before, by, on):
    """Keep the post that was left among the memberships of the person, as one that is over."""
    Membership.objects.create(
        person=person,
        unit=before["unit"],
        role=before["role"],
        until_on=on - dt.timedelta(days=1),
        given_by=by,
        confirmed_at=timezone.now(),
    )
