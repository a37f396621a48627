"""What a unit has to do now (工作台, design: Ways of working): its duties by tab and group, and its rounds."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import F, Prefetch
from django.utils import timezone

from tasks.choices import REPORTED, Light, PeriodState, ReportState, Status
from tasks.models import Assignment, Designation, ReminderItem, ReportingRound
from tasks.models.supervision.period import rhythm_of, with_period

STARTED = (PeriodState.DRAFT, PeriodState.AWAITING_LEADER)


class Tab(NamedTuple):
    """A view of the worklist: its value in the address, its Chinese name, and which duties stand under it."""

    value: str
    label: str
    holds: Callable
    is_urgent: bool = False


def _is_overdue(duty):
    return duty.light == Light.OVERDUE


def _is_returned(duty):
    return duty.period_state == PeriodState.RETURNED


def _is_draft(duty):
    return duty.draft_state == ReportState.DRAFT and not _is_returned(duty)


def _is_unacknowledged(duty):
    return duty.acknowledged_at is None and duty.status != Status.COMPLETED


DUE = Tab("due", "本期未报", lambda duty: duty.is_wanted)
TO_DO = (
    DUE,
    Tab("returned", "退回", _is_returned, is_urgent=True),
    Tab("overdue", "逾期", _is_overdue, is_urgent=True),
    Tab("chased", "催办待回复", lambda duty: duty.chased is not None, is_urgent=True),
    Tab("drafts", "草稿", _is_draft),
    Tab("leader", "待审签", lambda duty: duty.draft_state == ReportState.AWAITING_LEADER),
    Tab("acknowledge", "待签收", _is_unacknowledged),
)
ALL = Tab("all", "全部", lambda duty: True)
TABS = (
    *TO_DO,
    Tab("submitted", "本期已报", lambda duty: duty.period_state in REPORTED),
    Tab("done", "办结", lambda duty: duty.status == Status.COMPLETED),
    ALL,
)


class Group(NamedTuple):
    """Duties of a tab that are done in the same way, most urgent group first."""

    label: str
    hint: str
    duties: list


class Bar(NamedTuple):
    """A part of the strip of a round: a `PeriodState`, its number, and where it begins and ends, in per cent."""

    value: str
    label: str
    number: int
    start: float
    end: float

    @property
    def width(self):
        return round(self.end - self.start, 2)


ON_THE_STRIP = (
    PeriodState.APPROVED,
    PeriodState.SUBMITTED,
    PeriodState.AWAITING_LEADER,
    PeriodState.DRAFT,
    PeriodState.RETURNED,
    PeriodState.EMPTY,
)


@dataclass
class RoundProgress:
    """How far the unit is with one round: the round, and how many of its duties are in each `PeriodState`."""

    round: ReportingRound
    counts: Counter

    @property
    def asked(self):
        return self.counts.total()

    @property
    def reported(self):
        return sum(self.counts[state] for state in REPORTED)

    @property
    def missing(self):
        return self.asked - self.reported

    @property
    def bars(self):
        """Return the `Bar` of each state that occurs, what was reported first."""
        bars, before = [], 0
        for state in ON_THE_STRIP:
            if number := self.counts[state]:
                start, end = (round(100 * count / self.asked, 2) for count in (before, before + number))
                bars.append(Bar(state.value, state.label, number, start, end))
                before += number
        return bars

    @property
    def days_left(self):
        """Return the days until the last day of the round, negative after it."""
        return (self.round.closes_on - timezone.localdate()).days


def duties_of(scope):
    """Return the duties of the user's own unit in the plans of `scope`, with lights and their present period."""
    shown = scope.fetch("worklist", _own_duties, rhythm_of(scope.rules))
    return _with_reminders(shown, scope.user)


def duties_by_id(user, ids, plans):
    """Return those duties of the user's own unit as `duties_of` does, also ones that are no longer owed."""
    own = Assignment.objects.visible_to(user).filter(unit=user.unit_id, pk__in=ids, plan__in=plans)
    return _with_reminders(list(_in_order(own.with_light(), plans)), user)


def _own_duties(scope):
    return _in_order(scope.duties().filter(unit=scope.user.unit_id), scope.plans, scope.rules)


def _in_order(duties, plans, rules=None):
    shown = with_period(duties, plans, rules).for_lists().select_related("plan")
    cells = Prefetch("task__designations", Designation.objects.select_related("unit", "collective"))
    by_row = ("-plan__year", "-plan", "task__number", F("due_on").asc(nulls_last=True), "pk")
    return shown.prefetch_related(cells).order_by(*by_row)


def _with_reminders(shown, user):
    """Return the duties, each with `chased`: the reminder that its unit has yet to answer, or `None`."""
    chased = ReminderItem.objects.first_to_answer(user)
    for duty in shown:
        duty.chased = chased.get(duty.pk)
    return shown


def chosen_tab(duties, value):
    """Return the tab of that value; by default the first one that has something to do."""
    named = next((tab for tab in TABS if tab.value == value), None)
    return named or next((tab for tab in TO_DO if any(map(tab.holds, duties))), ALL)


def counts(duties):
    """Return `[(tab, number of its duties)]`."""
    return [(tab, sum(map(tab.holds, duties))) for tab in TABS]


def groups(duties, tab):
    """Return the groups of the duties under a tab; for other tabs than that of what is due there is one."""
    shown = [duty for duty in duties if tab.holds(duty)]
    if tab != DUE:
        return [Group("", "", shown)] if shown else []
    first = sorted(
        (duty for duty in shown if _is_returned(duty) or _is_overdue(duty)),
        key=lambda duty: (not _is_returned(duty), duty.days_left if duty.days_left is not None else 0),
    )
    started = [duty for duty in shown if duty not in first and duty.period_state in STARTED]
    rest = [duty for duty in shown if duty not in first and duty not in started]
    found = (
        Group("先办", _hint(("退回", _is_returned, first), ("逾期", _is_overdue, first)), first),
        Group(
            "已动笔",
            _hint(("草稿", _is_draft, started), ("待审签", lambda duty: not _is_draft(duty), started)),
            started,
        ),
        Group("未填", "按序号", rest),
    )
    return [group for group in found if group.duties]


def _hint(*parts):
    """Return how many duties of a group are of which kind, in words."""
    numbers = [(word, sum(map(holds, duties))) for word, holds, duties in parts]
    return "，".join(f"{word}{number}件" for word, number in numbers if number)


def rounds(duties):
    """Return the `RoundProgress` of each running round that asks for the duties, the next to close first.

    A round whose day has passed is left out once nothing of it is missing.
    """
    found = {}
    for duty in duties:
        if duty.round and duty.period_state:
            found.setdefault(duty.round, Counter())[duty.period_state] += 1
    shown = [RoundProgress(one, found[one.pk]) for one in ReportingRound.objects.filter(pk__in=found)]
    open_ones = [one for one in shown if one.days_left >= 0 or one.missing]
    return sorted(open_ones, key=lambda one: (one.days_left < 0, one.round.closes_on, one.round.pk))
