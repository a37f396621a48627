"""The present period of a duty (本期, design: Words), and how far its unit is with it."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from tasks.choices import IN_HAND, NOT_SUBMITTED, REPORTED, PeriodState, ReportState, Status
from tasks.models.progress.assignment import Assignment
from tasks.models.progress.entered_report import EnteredReport
from tasks.models.progress.report import ProgressReport

from .round import RoundItem
from .rules import SupervisionRules

ASKED_NOTHING = ""
"""The state of a duty on which nothing was asked in its period and nothing was begun."""


def with_period(duties, plans):
    """Annotate how far each duty of `plans` is in its present period, as of today.

    The period begins with the latest running round that asks for the duty. Where there is none, or it ended long ago,
    it covers the days after which the plan's rules remind of a duty without a report (长期未报). A report from before
    the product was used (补录) is none of it. Annotates

    - `round`, `round_closes_on`: that running round and its last day, `None` where there is none;
    - `last_at`, `last_text`, `last_state`, `last_comment`: of the report that was submitted last, or `None`;
    - `draft_state`, `draft_saved_at`, `leader_comment`: of the report that is not submitted, or `None`;
    - `period_state`: a `PeriodState`, or `ASKED_NOTHING`;
    - `is_wanted`: whether a report is due in this period that the unit has not submitted (本期未报).
    """
    on = timezone.localdate()
    asking = RoundItem.objects.filter(
        assignment=OuterRef("pk"), round__closed_at__isnull=True, round__opens_on__lte=on
    ).order_by("-round__opens_on", "-round")
    last = ProgressReport.objects.submitted().filter(assignment=OuterRef("pk")).order_by("-submitted_at", "-pk")
    past = EnteredReport.objects.standing().filter(report=OuterRef("pk"), reported_on__isnull=False)
    present = last.exclude(Exists(past))
    begun = ProgressReport.objects.filter(assignment=OuterRef("pk"), state__in=NOT_SUBMITTED)
    return (
        duties.annotate(
            round=_first(asking, "round"),
            round_opens_on=_first(asking, "round__opens_on"),
            round_closes_on=_first(asking, "round__closes_on"),
            last_at=_first(last, "submitted_at"),
            last_text=_first(last, "text"),
            last_state=_first(last, "state"),
            last_comment=_first(last, "review_comment"),
            draft_state=_first(begun, "state"),
            draft_saved_at=_first(begun, "saved_at"),
            leader_comment=_first(begun, "leader_comment"),
        )
        .alias(rhythm_from=_rhythm_from(plans, on), last_on=TruncDate(_first(present, "submitted_at")))
        .alias(period_from=_period_from(on))
        .annotate(period_state=_state())
        .annotate(is_wanted=Case(When(_wanted(), then=Value(True)), default=Value(False)))
    )


def wanted_of(unit, plans):
    """Return the unit's duties of `plans` on which a report is due in the present period (本期未报)."""
    return with_period(Assignment.objects.filter(unit=unit, plan__in=plans).owed(), plans).filter(is_wanted=True)


def _first(rows, name):
    return Subquery(rows.values(name)[:1])


def _rhythm_from(plans, on):
    """Return the first of the days within which a report is expected also without a round."""
    first_days = [
        When(plan=plan, then=Value(on - timedelta(days=rules.silent_after - 1), models.DateField()))
        for plan, rules in SupervisionRules.of_each(plans).items()
        if rules.silent_after
    ]
    return Case(*first_days, default=F("owed_from"))


def _period_from(on):
    of_the_round = Q(round_closes_on__gte=on) | Q(round_opens_on__gt=F("rhythm_from"))
    return Case(When(of_the_round, then=F("round_opens_on")), default=F("rhythm_from"))


def _state():
    is_reported = Q(last_on__gte=F("period_from"))
    is_asked = Q(round__isnull=False) | Q(owed_from__lt=F("rhythm_from"))
    states = (
        (Q(draft_state=ReportState.AWAITING_LEADER), PeriodState.AWAITING_LEADER),
        (Q(awaits_answer=True) | Q(draft_state=ReportState.DRAFT) & ~Q(leader_comment=""), PeriodState.RETURNED),
        (is_reported & Q(last_state=ReportState.APPROVED), PeriodState.APPROVED),
        (is_reported | Q(status=Status.UNDER_REVIEW), PeriodState.SUBMITTED),
        (Q(status=Status.COMPLETED), ASKED_NOTHING),
        (Q(draft_state=ReportState.DRAFT), PeriodState.DRAFT),
        (is_asked, PeriodState.EMPTY),
    )
    whens = [When(condition, then=Value(str(state))) for condition, state in states]
    return Case(*whens, default=Value(ASKED_NOTHING), output_field=models.CharField())


def _wanted():
    is_asked = Q(round__isnull=False) | Q(owed_from__lt=F("rhythm_from")) | Q(period_state=PeriodState.RETURNED)
    open_states = [state for state in PeriodState if state not in REPORTED]
    return Q(status__in=IN_HAND, period_state__in=open_states) & is_asked
