"""Moves on a day to come: scheduling and cancelling them, and who is told (预定调动).

`postings.carry_out_scheduled` carries them out.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, MoveState, Role
from departments.models import ScheduledMove, Unit, User
from departments.signals import moves_told
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

NOT_THIS_ONE = worded(
    "联络员和分管领导的调动由{office_short}工作人员办理，其他人员的由系统管理员办理；本人的由他人办理。"
)
ROLE_BY_ADMINISTRATORS = "角色的变更由系统管理员办理。"


@transaction.atomic
def schedule(person, *, unit, role, on, by):
    """Keep a move on a day to come and tell those concerned; return the `ScheduledMove`.

    Raises `Refused` for an account that is off, a unit that does not exist on that day, and a second scheduled move.
    """
    require(by, "departments.place_person", person, NOT_THIS_ONE)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if role != person.role:
        require(by, "departments.change_rights", person, ROLE_BY_ADMINISTRATORS)
    _guard(person, unit, role, on)
    move = ScheduledMove.objects.create(person=person, unit=unit, role=role, on=on, scheduled_by=by)
    record(Kind.PERMISSION, "预定调动", by=by, on=move)
    _tell(move, f"自{on:%Y-%m-%d}起调任{move.post_in_words}")
    return move


def _guard(person, unit, role, on):
    if not person.is_active:
        raise Refused(f"“{person}”的账号已停用，请先恢复。")
    if role in BELONGS_TO_A_UNIT and unit is None:
        raise Refused("联络员和分管领导必须选择所在单位。", field="unit")
    if unit and not Unit.objects.active(on).filter(pk=unit.pk).exists():
        raise Refused(f"{unit}在{on:%Y-%m-%d}不在册。", field="unit")
    waiting = ScheduledMove.objects.waiting().filter(person=person).first()
    if waiting:
        raise Refused(f"{person}已预定{waiting}，请先在其页面取消。", field="on")


@transaction.atomic
def cancel(move, *, by):
    """Cancel a move whose day has not come and tell those concerned; return it. Raises `Conflict` where it is over."""
    move = ScheduledMove.objects.select_for_update(of=("self",)).select_related("person", "unit").get(pk=move.pk)
    require(by, "departments.place_person", move.person, NOT_THIS_ONE)
    if move.state != MoveState.WAITING:
        raise Conflict(f"这项调动{move.get_state_display()}，不能取消。")
    end(move, MoveState.CANCELLED, by=by)
    record(Kind.PERMISSION, "取消预定调动", by=by, on=move)
    _tell(move, f"原定自{move.on:%Y-%m-%d}起调任{move.post_in_words}，现已取消")
    return move


def drop(person, *, by):
    """Cancel the move that waits for an account whose post has just changed, under the caller's transaction."""
    for move in ScheduledMove.objects.waiting().filter(person=person).select_related("person", "unit"):
        end(move, MoveState.CANCELLED, by=by, outcome="此前已经调动或者停用账号")
        record(Kind.PERMISSION, "取消预定调动", by=by, on=move)
        _tell(move, f"原定自{move.on:%Y-%m-%d}起调任{move.post_in_words}，因此前已有变动，不再办理")


def end(move, state, *, by=None, outcome=""):
    """Mark a move as over, under the caller's lock."""
    move.state, move.ended_by, move.ended_at, move.outcome = state, by, timezone.now(), outcome
    move.save(update_fields=["state", "ended_by", "ended_at", "outcome"])


def tell_of_failure(move):
    """Tell those concerned, and the office, that a move was not carried out."""
    said = f"原定自{move.on:%Y-%m-%d}起调任{move.post_in_words}，未能办理：{move.outcome.rstrip('。')}"
    _tell(move, said)
    path = reverse("departments:person", args=[move.person_id])
    office = User.objects.filter(role=Role.OFFICE, is_active=True)
    moves_told.send(ScheduledMove, lines=[(one, f"{move.person}{said}。", path) for one in office], personal=False)


def tell_of_move(move):
    """Tell the person and who scheduled it that a move was carried out; the signals of posts tell the units."""
    said = move.outcome or f"已调任{move.post_in_words}"
    path = reverse("departments:person", args=[move.person_id])
    lines = [(move.scheduled_by, f"{move.person}按预定{said}。", path)]
    moves_told.send(ScheduledMove, lines=lines, personal=False)
    moves_told.send(ScheduledMove, lines=[(move.person, f"您按预定{said}。", reverse("home"))], personal=True)


def _tell(move, said):
    """Tell the person and the people of both units."""
    moves_told.send(ScheduledMove, lines=[(move.person, f"您{said}。", reverse("home"))], personal=True)
    units = {unit.pk for unit in (move.person.unit, move.unit) if unit}
    others = User.objects.holders(unit__in=units, role__in=BELONGS_TO_A_UNIT)
    path = reverse("departments:own-unit")
    lines = [(one, f"{move.person}{said}。", path) for one in dict.fromkeys(others) if one.pk != move.person_id]
    moves_told.send(ScheduledMove, lines=lines, personal=False)
