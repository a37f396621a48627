"""A unit confirms that it has seen its duties (签收, design: Words), and names who is in charge."""

from django.db import transaction
from django.utils import timezone

from tasks.choices import Event
from tasks.models import Assignment, ReminderItem
from tasks.services.progress import transitions
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import entry, record_all
from wenshang_disclosure.core.web.errors import Refused, require


@transaction.atomic
def acknowledge(duties, *, by, handler="", leader=""):
    """Confirm duties of the own unit, and write who is in charge where it is given; return how many were new.

    Names are written also on duties that were confirmed before. Raises `PermissionDenied` for another unit's duty,
    `Refused` where there is none.
    """
    if not duties:
        raise Refused("请先勾选承办事项。")
    duties = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=[duty.pk for duty in duties])
    duties = duties.select_related("task", "unit")
    duties = list(duties.order_by("pk"))  # two who lock the same duties do so in the same order
    for duty in duties:
        require(by, "tasks.acknowledge", duty)
    fresh = [duty for duty in duties if duty.acknowledged_at is None]
    for duty in duties:
        duty.handler, duty.leader = handler or duty.handler, leader or duty.leader
    for duty in fresh:
        duty.acknowledged_at, duty.acknowledged_by = timezone.now(), by
    fields = ["handler", "leader", "acknowledged_at", "acknowledged_by"]
    Assignment.objects.bulk_update(duties, fields, batch_size=500)
    transitions.record(fresh, Event.ACKNOWLEDGED, by=by, reason=_in_charge(handler, leader))
    if handler or leader:
        _keep_names([duty for duty in duties if duty not in fresh], by)
    return len(fresh)


def _keep_names(duties, by):
    """Tell the audit trail that others are in charge of duties that were confirmed before."""
    record_all([entry(Kind.CHANGE, "修改经办人和分管领导", by=by, on=duty) for duty in duties])


def _in_charge(handler, leader):
    named = [f"{word}：{name}" for word, name in (("经办人", handler), ("分管领导", leader)) if name]
    return "；".join(named)


def acknowledge_by_reporting(duty, *, by, at):
    """Who hands in a report has seen the duty, and what it was reminded of; takes a duty under the caller's lock."""
    if duty.acknowledged_at is None:
        duty.acknowledged_at, duty.acknowledged_by = at, by
        duty.save(update_fields=["acknowledged_at", "acknowledged_by"])
    see(ReminderItem.objects.filter(assignment=duty), by=by)


def see(items, *, by):
    """Mark chased duties (a queryset) as seen by the person; what was seen before keeps its first time."""
    return items.filter(seen_at__isnull=True).update(seen_at=timezone.now(), seen_by=by)
