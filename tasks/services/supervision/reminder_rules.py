"""The rules of automatic reminders, one function each: they return the triggers of a duty on a day.

A trigger is `(kind, anchor, stage)`. Each function returns the latest one that its rule has reached, so that a trigger
that was sent before is recognised, and after days without a run only the one that still applies is new.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tasks.choices import AutomaticKind, PlanState
from tasks.models import Plan, SupervisionRules
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import differences, record
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.core.working_days import subtract_working_days

ROUND_DAYS_BEFORE = 3
IN_TIME, TOO_LATE = 1, 0  # stages of a round


class Day:
    """One day with the values that the rules need, computed once."""

    def __init__(self, on):
        self.on, self._returned_by = on, {}

    def returned_by(self, working_days):
        """Return the latest day of a return after which so many whole working days have passed, before this one."""
        if working_days not in self._returned_by:
            self._returned_by[working_days] = subtract_working_days(self.on - timedelta(days=1), working_days)
        return self._returned_by[working_days]


def triggers_of(duty, rules, day):
    """Return the triggers of one duty (a dict of `automatic_reminders.candidates`) on a `Day`."""
    found = (rule(duty, rules, day) for rule in (_before, _after, _leader, _unanswered, _silent))
    return [trigger for trigger in found if trigger]


def _before(duty, rules, day):
    if duty["due_on"] is None or duty["days_left"] < 0:
        return None
    reached = [days for days in rules.days_before if duty["days_left"] <= days]
    return (AutomaticKind.BEFORE, duty["due_on"], min(reached)) if reached else None


def _after(duty, rules, day):
    late = _days_late(duty)
    if not late or not rules.after_every:
        return None
    return AutomaticKind.AFTER, duty["due_on"], (late - 1) // rules.after_every


def _leader(duty, rules, day):
    if not rules.leader_after or _days_late(duty) < rules.leader_after:
        return None
    return AutomaticKind.LEADER, duty["due_on"], 0


def _days_late(duty):
    return max(0, -duty["days_left"]) if duty["due_on"] else 0


def _unanswered(duty, rules, day):
    returned_on = duty["returned_on"]
    if not rules.unanswered_after or returned_on is None or returned_on > day.returned_by(rules.unanswered_after):
        return None
    return AutomaticKind.UNANSWERED, returned_on, 0


def _silent(duty, rules, day):
    if not rules.silent_after:
        return None
    reported = duty["reported_at"] and timezone.localdate(duty["reported_at"])
    since = max(filter(None, (duty["owed_from"], duty["resumed_on"], reported)))
    stage = (day.on - since).days // rules.silent_after
    return (AutomaticKind.SILENT, since, stage) if stage else None


def of_a_round(closes_on, on):
    """Return the trigger of a round with a missing report: shortly before it ends, and after it has ended."""
    if closes_on < on:
        return AutomaticKind.ROUND, closes_on, TOO_LATE
    return (AutomaticKind.ROUND, closes_on, IN_TIME) if closes_on - on <= timedelta(days=ROUND_DAYS_BEFORE) else None


@transaction.atomic
def set_rules(plan, *, by, **rules):
    """Set the rules of an issued plan, and return them. They apply from the next day's reminders on."""
    require(by, "tasks.manage_plan")
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != PlanState.ISSUED:
        raise Refused("分解表印发后才能设置督办规则。")
    current = SupervisionRules.of(plan)
    changed = differences({name: getattr(current, name) for name in rules}, rules)
    record(Kind.CHANGE, "设置督办规则", by=by, on=plan, detail=changed)
    return SupervisionRules.objects.update_or_create(plan=plan, defaults=rules)[0]
