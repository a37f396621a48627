"""Changes of role, unit and rights of accounts: by one administrator, or with a second person (权限变更)."""

from django.db import transaction
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, NEEDS_SECOND_PERSON, GrantState, Role
from departments.models import RoleGrant, User
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import differences, record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import leaving, people

RIGHTS = ("role", "unit", "is_active", "is_staff")
NOT_THIS_ONE = "角色和权限由系统管理员变更；本人的由其他系统管理员办理。"
ANOTHER_ONE = "须由另一名系统管理员确认：不能是提出人、本人，也不能是账号由提出人经手的人员。"


def rights_of(person):
    """Return the rights of an account, by field."""
    return {name: getattr(person, name) for name in RIGHTS}


def needs_second_person(before, after):
    """Return whether one administrator alone cannot change rights from `before` to `after`.

    So it is where an account gets or gets back a role of the office's or the right of an administrator, where such an
    account gets another unit, whose leader it may stand in for, and with every change of an administrator's account.
    """
    if before["is_staff"] and before["is_active"]:
        return before != after
    powerful = after["role"] in NEEDS_SECOND_PERSON or after["is_staff"]
    return bool(after["is_active"] and powerful and before != after)


@transaction.atomic
def change(person, *, by, on=None, **wanted):
    """Change the named rights of an account; return the `RoleGrant` where they wait for the second person, else `None`.

    Raises `Refused` for rights that do not fit together, `Conflict` where a change of this account waits already: only
    switching it off takes the place of another change, so that no proposal keeps an account open. `on` is the day from
    which a post is left, today by default.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    before = rights_of(person)
    _require(person, before, {**before, **wanted}, by)
    return change_as_decided(person, by=by, on=on, **wanted)


def change_as_decided(person, *, by, on=None, **wanted):
    """Do what `change` does for who was allowed to when they decided it, under the caller's transaction."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    before = rights_of(person)
    after = {**before, **wanted}
    if before == after:
        return None
    _guard(after)
    _make_way(person, after, by)
    if needs_second_person(before, after):
        return _propose(person, after, by)
    _apply(person, after, by=by, on=on)
    return None


def _require(person, before, after, by):
    """Require the right to place the account where its unit or its being on changes alone, else to change rights."""
    changed = {name for name in RIGHTS if before[name] != after[name]}
    places = changed and changed <= {"unit", "is_active"}
    require(by, "departments.place_person" if places else "departments.change_rights", person, NOT_THIS_ONE)


def _make_way(person, after, by):
    """End the change that waits for the account where it is to be switched off; raise `Conflict` otherwise."""
    waiting = RoleGrant.objects.pending_of(person).first()
    if waiting is None:
        return
    if after["is_active"] or not waiting.is_active:
        raise Conflict(f"“{person}”已有一项权限变更待确认，请先办理。")
    people.end_proposal(person, by=by)


def _guard(after):
    if after["is_staff"] and after["role"] != Role.OFFICE:
        raise Refused(f"只有{Role.OFFICE.label}可以进入系统管理。")
    if after["role"] in BELONGS_TO_A_UNIT and after["unit"] is None:
        raise Refused("联络员和分管领导必须填写所在单位。")


def _propose(person, after, by):
    grant = RoleGrant.objects.create(person=person, proposed_by=by, **after)
    record(Kind.PERMISSION, "提出权限变更", by=by, on=person, detail={"grant": grant.pk, **_as_data(after)})
    people.tell_administrators(f"{by}提出：{person}（{person.username}）{grant.in_words()}，待另一名系统管理员确认。")
    return grant


def _apply(person, after, *, by, on=None):
    before = rights_of(person)
    for name, value in after.items():
        setattr(person, name, value)
    person.save(update_fields=RIGHTS)
    detail = differences(_as_data(before), _as_data(after))
    since = {"on": on.isoformat()} if on else {}
    record(Kind.PERMISSION, "变更角色和权限", by=by, on=person, detail={**detail, **since})
    leaving.follow(person, before, after, by=by, on=on or timezone.localdate())
    people.take_posts([person])
    if {"role", "is_staff", "is_active"} & set(detail) and (before["is_active"] or after["is_active"]):
        people.tell_administrators(
            f"{by or '服务器'}变更了{person}（{person.username}）的权限：{_in_words(before)}改为{_in_words(after)}。"
        )


@transaction.atomic
def confirm(grant, *, by=None):
    """Confirm a proposal as the second person, so that it holds; without `by` the server confirms. Return it."""
    grant = _lock(grant)
    if by is not None:
        require(by, "departments.decide_grant", grant, ANOTHER_ONE)
    _decide(grant, GrantState.CONFIRMED, by)
    record(Kind.PERMISSION, "确认权限变更", by=by, on=grant.person, detail={"grant": grant.pk})
    _apply(User.objects.select_for_update(of=("self",)).get(pk=grant.person_id), grant.rights(), by=by)
    return grant


@transaction.atomic
def refuse(grant, *, by):
    """Refuse a proposal as the second person; the account stays as it is. Return it."""
    grant = _lock(grant)
    require(by, "departments.decide_grant", grant, ANOTHER_ONE)
    return _end(grant, GrantState.REFUSED, by, "不同意权限变更")


@transaction.atomic
def withdraw(grant, *, by):
    """Withdraw one's own proposal; return it."""
    grant = _lock(grant)
    require(by, "departments.withdraw_grant", grant, "只能撤回本人提出的权限变更。")
    return _end(grant, GrantState.WITHDRAWN, by, "撤回权限变更")


def _lock(grant):
    return RoleGrant.objects.select_for_update(of=("self",)).select_related("person", "proposed_by").get(pk=grant.pk)


def _decide(grant, state, by):
    if grant.state != GrantState.PENDING:
        raise Conflict(f"该项权限变更“{grant.get_state_display()}”，本次办理未生效。")
    grant.state, grant.decided_by, grant.decided_at = state, by, timezone.now()
    grant.save(update_fields=["state", "decided_by", "decided_at"])


def _end(grant, state, by, act):
    _decide(grant, state, by)
    record(Kind.PERMISSION, act, by=by, on=grant.person, detail={"grant": grant.pk})
    people.tell_administrators(f"{by}{act}：{grant.person}（{grant.person.username}）{grant.in_words()}。")
    return grant


def _as_data(rights):
    return {**rights, "unit": rights["unit"] and rights["unit"].name}


def _in_words(rights):
    return RoleGrant(**rights).in_words()
