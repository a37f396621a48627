"""Suspension (中止) and resumption (恢复办理) of duties by the office, with a reason (design: Rules of progress)."""

from django.db import transaction

from tasks.choices import Event
from tasks.models import Assignment
from tasks.services.progress.transitions import move
from tasks.services.supervision import notifications
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import changes


@transaction.atomic
def suspend(assignment, *, by, reason):
    """Suspend a duty from today on, and return it.

    Raises `Conflict` where it is suspended or completed (办结), `Refused` where it is released (解除).
    """
    duty = _lock_duty(assignment, by)
    if not reason.strip():
        raise Refused("请填写中止的原因。")
    move(duty, Event.SUSPENDED, by=by, reason=reason.strip())
    _notify_units(duty, f"第{duty.task.number}项已中止办理，中止期间不需填报。原因：{reason.strip()}")
    return duty


@transaction.atomic
def resume(assignment, *, by, reason, due_on=None):
    """Resume a suspended duty from today on, with a later deadline where `due_on` is given, and return it.

    Raises `Conflict` where it is not suspended, `Refused` where `due_on` is not later than the current deadline.
    """
    duty = _lock_duty(assignment, by)
    if not duty.suspended:
        raise Conflict("该事项没有中止，不需要恢复。")
    if not reason.strip():
        raise Refused("请填写恢复办理的原因。")
    moved = _set_deadline(duty, due_on)
    move(duty, Event.RESUMED, by=by, reason=changes.sentences(moved, reason))
    _notify_units(duty, changes.sentences(f"第{duty.task.number}项已恢复办理", moved, f"原因：{reason}"))
    return duty


def _set_deadline(duty, due_on):
    """Change the deadline in memory, and return its description; the step saves it."""
    if due_on is None:
        return ""
    if duty.due_on is None:
        raise Refused("该事项没有完成时限（长期坚持），不需要填写新的时限。")
    changes.refuse_not_later(due_on, duty.due_on)
    moved = f"时限由{duty.due_on:%Y-%m-%d}延至{due_on:%Y-%m-%d}"
    duty.due_on = due_on
    return moved


def _lock_duty(assignment, by):
    duty = Assignment.objects.lock(assignment.pk)
    require(by, "tasks.suspend", duty)
    if duty.is_released:
        raise Refused("该事项已解除，不需要中止或恢复。")
    return duty


def _notify_units(duty, line):
    notifications.notify_of_duties([duty], lambda duty: line)
