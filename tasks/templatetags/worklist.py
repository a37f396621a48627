"""Template tags of the worklist: what is done with a duty next, who leads its row, short dates."""

from datetime import datetime
from typing import NamedTuple

from django import template
from django.urls import reverse
from django.utils import timezone

from tasks.choices import IN_HAND, NOT_SUBMITTED, PeriodState, ReportState
from wenshang_disclosure.core.evenings import current_day

register = template.Library()


class Way(NamedTuple):
    """The next step on a duty: the word on its button and the page that it leads to."""

    word: str
    address: str


@register.simple_tag
def way_of(duty, may_write):
    """Return the `Way` of a duty (`with_period`): to its report where the user writes it, else to its page."""
    waits = duty.draft_state == ReportState.AWAITING_LEADER
    if not may_write or duty.status not in IN_HAND or waits:
        return Way("查看", reverse("tasks:assignment", args=[duty.pk]))
    word = (
        "补正" if duty.period_state == PeriodState.RETURNED else "续填" if duty.draft_state in NOT_SUBMITTED else "填报"
    )
    return Way(word, reverse("tasks:report", args=[duty.pk]))


@register.simple_tag
def leads(task, whole=False):
    """Return the lead of a row as written, the first of several unless `whole`; needs the designations prefetched."""
    names = [
        designation.unit.label if designation.unit else designation.text for designation in task.designated("lead")
    ]
    if not names:
        return "—"
    return "、".join(names) if whole else in_few(names)


def in_few(names):
    """Return names shortened to the first of several."""
    return f"{names[0]}等{len(names)}个" if len(names) > 1 else names[0]


@register.simple_tag
def deadline(day):
    """Return a date as month and day, with the year where it is not that of the day that is read."""
    if isinstance(day, datetime):
        day = timezone.localdate(day)
    return f"{day.month}月{day.day}日" if day.year == current_day().year else f"{day:%Y-%m-%d}"


@register.filter
def period_word(duty):
    """Return the label of the duty's `period_state`."""
    return PeriodState(duty.period_state).label
