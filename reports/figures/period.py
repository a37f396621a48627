"""How far units are with their reports in the period that ran on an evening (本期)."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from tasks.choices import Light
from tasks.models import ReportingRound, RoundItem
from wenshang_disclosure.core.dates import day_end, day_start

RECENT_DAYS = 30
"""The period where no round runs; a round is shown for so long after its closing day, unless the office closes it."""


MAX_TITLE_CHARS = 6


@dataclass(frozen=True)
class Period:
    """A running round, or the last `RECENT_DAYS` days: the duties that it asks for, and those that were reported on."""

    as_of: date
    since: date
    round: ReportingRound | None = None
    asked: frozenset = field(default_factory=frozenset)
    reported: frozenset = field(default_factory=frozenset)

    @property
    def title(self):
        """The title of the round, “本期” where it is too long for the head of a column, or the days."""
        if self.round is None:
            return f"近{RECENT_DAYS}天"
        title = self.round.title.removesuffix("进展")
        return title if len(title) <= MAX_TITLE_CHARS else "本期"

    @property
    def days_left(self):
        """The days left until the round closes (negative: since), `None` without a round."""
        return (self.round.closes_on - self.as_of).days if self.round else None

    def counts(self, rows):
        """Return how many of the `DutyRow`s were asked for, and on how many of these something was reported."""
        asked = [row.pk for row in rows if row.pk in self.asked]
        return len(asked), sum(pk in self.reported for pk in asked)


def period(plan, as_of, rows, reports):
    """Return the `Period` of the plan on the evening of `as_of`, within which it is read.

    `rows` are the `DutyRow`s that it is about, `reports` those on them that stood on the evening (`submitted`).
    Completed duties that were claimed before it began are not asked for.
    """
    running = _running(plan, as_of)
    since = running.opens_on if running else as_of - timedelta(days=RECENT_DAYS - 1)
    items = running and set(RoundItem.objects.filter(round=running).values_list("assignment", flat=True))
    return Period(
        as_of=as_of,
        since=since,
        round=running,
        asked=frozenset(row.pk for row in rows if _is_asked(row, since) and (items is None or row.pk in items)),
        reported=frozenset(
            reports.filter(submitted_at__gte=day_start(since)).order_by().values_list("assignment", flat=True)
        ),
    )


def _running(plan, as_of):
    rounds = ReportingRound.objects.filter(plan=plan, at__lt=day_end(as_of), opens_on__lte=as_of)
    rounds = rounds.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=day_end(as_of)))
    rounds = rounds.filter(closes_on__gt=as_of - timedelta(days=RECENT_DAYS))
    return rounds.order_by("-opens_on", "-pk").first()


def _is_asked(row, since):
    return row.light != Light.DONE or row.claimed_on is None or row.claimed_on >= since
