"""The present period of a duty (本期, design: Words), and how far its unit is with it."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from tasks.choices import IN_HAND, NOT_SUBMITTED, REPORTED, PeriodSeen, PeriodState, ReportState, Status
from tasks.models.progress.assignment import Assignment
from tasks.models.progress.entered_report import EnteredReport
from tasks.models.progress.report import ProgressReport
from wenshang_disclosure.core.prepared import values_for

from .round import RoundItem
from .rules import SupervisionRules

ASKED_NOTHING = ""
"""The state of a duty on which nothing was asked in its period and nothing was begun."""


def with_period(duties, plans, rules=None):
    """Annotate how far each duty of `plans` is in its present period, as of today.

    `rules` are the `SupervisionRules` of the plans by id, where they were read already.

    The period begins with the latest running round that asks for the duty. Where there is none, or it ended long ago,
    it covers the days after which the plan's rules remind of a duty without a report (长期未报). A report from before
    the product was used (补录) is none of it. Annotates

    - `round`, `round_closes_on`: that running round and its last day, `None` where there is none;
    - `last_at`, `last_text`, `last_state`, `last_comment`: of the report that was submitted last, or `None`;
    - `draft_state`, `draft_saved_at`, `leader_comment`: of the report that is not submitted, or `None`;
    - `period_state`: a `PeriodState`, or `ASKED_NOTHING`;
    - `is_wanted`: whether a report is due in this period that the unit has not submitted (本期未报).
    """
    last, begun = _submitted_last(), _begun()
    return (
        _in_period(duties, plans, rules)
        .annotate(
            **{name: F(name) for name in ("round", "round_opens_on", "round_closes_on", "last_at", "last_state")},
            last_text=_first(last, "text"),
            last_comment=_first(last, "review_comment"),
            draft_state=_first(begun, "state"),
            draft_saved_at=_first(begun, "saved_at"),
            leader_comment=_first(begun, "leader_comment"),
        )
        .annotate(period_state=_state())
        .annotate(is_wanted=_wanted())
    )


def _in_period(duties, plans, rules=None):
    """Give the duties what says in which period they are, and what was reported last, as aliases."""
    on = timezone.localdate()
    asking, last = _asking(OuterRef("pk"), on), _submitted_last()
    past = EnteredReport.objects.standing().filter(report=OuterRef("pk"), reported_on__isnull=False)
    present = last.exclude(Exists(past))
    return (
        duties.alias(
            round=_first(asking, "round"),
            round_opens_on=_first(asking, "round__opens_on"),
            round_closes_on=_first(asking, "round__closes_on"),
            last_at=_first(last, "submitted_at"),
            last_state=_first(last, "state"),
        )
        .alias(
            rhythm_from=_rhythm_from(rules or SupervisionRules.of_each(plans), on),
            last_on=TruncDate(_first(present, "submitted_at")),
        )
        .alias(period_from=_period_from(asking, on))
    )


def _asking(duty, on):
    """Return the items of running rounds that ask for a duty, the latest round first."""
    running = RoundItem.objects.filter(assignment=duty, round__closed_at__isnull=True, round__opens_on__lte=on)
    return running.order_by("-round__opens_on", "-round")


def round_asking_for(duty):
    """Return the latest running round that asks for the duty, `None` where none does."""
    item = _asking(duty, timezone.localdate()).select_related("round").first()
    return item and item.round


def _submitted_last():
    return ProgressReport.objects.submitted().filter(assignment=OuterRef("pk")).order_by("-submitted_at", "-pk")


def _begun():
    return ProgressReport.objects.filter(assignment=OuterRef("pk"), state__in=NOT_SUBMITTED)


def with_period_seen(duties, plans, user, rules=None):
    """Annotate `period_seen`: a `PeriodSeen`, the state of each duty in its period as far as `user` may know it.

    `rules` are as for `with_period`. Drafts and what awaits the leader are known to the unit alone: to others nothing
    was reported (未报).
    """
    if not user.acting_unit_id:
        return _in_period(duties, plans, rules).annotate(period_seen=_state_for_others())
    own = When(unit=user.acting_unit_id, then=_state())
    return (
        _in_period(duties, plans, rules)
        .alias(draft_state=_first(_begun(), "state"), leader_comment=_first(_begun(), "leader_comment"))
        .annotate(period_seen=Case(own, default=_state_for_others()))
    )


def wanted_of(unit, plans, rules=None):
    """Return the unit's duties of `plans` on which a report is due in the present period (本期未报)."""
    owed = Assignment.objects.filter(unit=unit, plan__in=plans).owed().in_hand()  # said apart: it is looked at first
    return with_period(owed, plans, rules).filter(is_wanted=True)


def rhythm_of(rules):
    """Return what periods depend on besides duties and the day, hashable: after how many days each plan reminds of a
    duty without a report, from the rules of plans by id.
    """
    return tuple((plan, one.silent_after) for plan, one in rules.items())


def places_wanted_of(user, plans):
    """Return of each duty of `wanted_of` the unit of `user`: `(id, year, id of the plan, number of the row)`."""
    rules, fields = SupervisionRules.of_each(plans), ("pk", "plan__year", "plan", "task__number")
    return values_for(user, "due", lambda who: wanted_of(who.unit_id, plans, rules), fields, rhythm_of(rules))


def _first(rows, name):
    return Subquery(rows.values(name)[:1])


def _rhythm_from(rules, on):
    """Return the first of the days within which a report is expected also without a round."""
    first_days = [
        When(plan=plan, then=Value(on - timedelta(days=one.silent_after - 1), models.DateField()))
        for plan, one in rules.items()
        if one.silent_after
    ]
    return Case(*first_days, default=F("owed_from"))


def _period_from(asking, on):
    """Return the first day of the period, in one look at the round: what it is compared with names it once."""
    counts = Q(round__closes_on__gte=on) | Q(round__opens_on__gt=OuterRef("rhythm_from"))
    begins = asking.annotate(begins=Case(When(counts, then=F("round__opens_on")), default=OuterRef("rhythm_from")))
    return Coalesce(_first(begins, "begins"), F("rhythm_from"))


SUBMITTED = PeriodState.SUBMITTED
IS_REPORTED = Q(last_on__gte=F("period_from"))
IS_ASKED = Q(round__isnull=False) | Q(owed_from__lt=F("rhythm_from"))


def _state():
    return _first_that_fits(*_states())


def _states():
    """Return `[(condition, state)]`: a duty is in the first that fits."""
    return [
        (Q(draft_state=ReportState.AWAITING_LEADER), PeriodState.AWAITING_LEADER),
        (Q(awaits_answer=True) | Q(draft_state=ReportState.DRAFT) & ~Q(leader_comment=""), PeriodState.RETURNED),
        *_reported(),
        (Q(draft_state=ReportState.DRAFT), PeriodState.DRAFT),
        (IS_ASKED, PeriodState.EMPTY),
    ]


def _state_for_others():
    return _first_that_fits((Q(awaits_answer=True), PeriodSeen.RETURNED), *_reported(), (IS_ASKED, PeriodSeen.NONE))


def _reported():
    return (
        (IS_REPORTED, _first_that_fits((Q(last_state=ReportState.APPROVED), PeriodState.APPROVED), default=SUBMITTED)),
        (Q(status=Status.UNDER_REVIEW), SUBMITTED),
        (Q(status=Status.COMPLETED), ASKED_NOTHING),
    )


def _first_that_fits(*states, default=ASKED_NOTHING):
    whens = [When(condition, then=_as_value(state)) for condition, state in states]
    return Case(*whens, default=_as_value(default), output_field=models.CharField())


def _as_value(state):
    return state if isinstance(state, Case) else Value(str(state))


def _wanted():
    """Return whether a report is due, from the conditions of the states and not from the state, which would be worked
    out again for each time that it is named: one is due on what is asked for or returned, until it is submitted.
    """
    asked = Case(When(IS_ASKED, then=Value(True)), default=Value(False))
    due = {state: asked for state in PeriodState if state not in REPORTED} | {PeriodState.RETURNED: Value(True)}
    states = [
        When(condition, then=Value(False) if isinstance(state, Case) else due.get(state, Value(False)))
        for condition, state in _states()
    ]
    return Case(When(~Q(status__in=IN_HAND), then=Value(False)), *states, default=Value(False))
