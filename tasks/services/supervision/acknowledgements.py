"""Acknowledgement of duties by their unit (签收, design: Words), with the people in charge."""

from django.db import transaction
from django.utils import timezone

from tasks.choices import Event
from tasks.models import Assignment, ReminderItem
from tasks.services.progress import transitions
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import entry, record_all
from wenshang_disclosure.core import history
from wenshang_disclosure.core.web.errors import Refused, require


@transaction.atomic
def acknowledge(duties, *, by, handler="", leader=""):
    """Acknowledge duties of the own unit, set the people in charge where given, and return the number of new ones.

    Names are also set on duties that were acknowledged before. Raises `PermissionDenied` for another unit's duty,
    `Refused` where there is none.
    """
    if not duties:
        raise Refused("请先勾选承办事项。")
    duties = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=[duty.pk for duty in duties])
    duties = duties.select_related("task", "unit")
    duties = list(duties.order_by("pk"))  # a fixed order of locks prevents deadlocks
    for duty in duties:
        require(by, "tasks.acknowledge", duty)
    fresh = [duty for duty in duties if duty.acknowledged_at is None]
    renamed = [duty for duty in duties if duty not in fresh and _names(duty, handler, leader) != _names(duty)]
    history.keep(Assignment.objects.filter(pk__in=[duty.pk for duty in renamed]))
    for duty in (*fresh, *renamed):
        duty.handler, duty.leader = _names(duty, handler, leader)
    for duty in fresh:
        duty.acknowledged_at, duty.acknowledged_by = timezone.now(), by
    fields = ["handler", "leader", "acknowledged_at", "acknowledged_by"]
    Assignment.objects.bulk_update([*fresh, *renamed], fields, batch_size=500)
    transitions.record(fresh, Event.ACKNOWLEDGED, by=by, reason=_in_charge(handler, leader))
    _record_contacts(renamed, by)
    return len(fresh)


def _names(duty, handler="", leader=""):
    """Return the people in charge of the duty, with new ones where they are given."""
    return handler or duty.handler, leader or duty.leader


def _record_contacts(duties, by):
    """Record in the audit trail new people in charge of duties that were acknowledged before."""
    record_all([entry(Kind.CHANGE, "修改经办人和分管领导", by=by, on=duty) for duty in duties])


def _in_charge(handler, leader):
    named = [f"{word}：{name}" for word, name in (("经办人", handler), ("分管领导", leader)) if name]
    return "；".join(named)


def acknowledge_by_reporting(duty, *, by, at):
    """Acknowledge a duty and its reminders for the user who submits a report on it; the caller holds the lock."""
    if duty.acknowledged_at is None:
        duty.acknowledged_at, duty.acknowledged_by = at, by
        duty.save(update_fields=["acknowledged_at", "acknowledged_by"])
    see(ReminderItem.objects.filter(assignment=duty), by=by)


def see(items, *, by):
    """Mark reminded duties (a queryset) as seen by the user; those seen before keep their first time."""
    return items.filter(seen_at__isnull=True).update(seen_at=timezone.now(), seen_by=by)
