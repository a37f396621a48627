"""The single definition of the lights (design: Lights), as database expressions."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from tasks.choices import Light, Status

from .transition import Transition


class DaysFrom(models.Func):
    """Number of whole days from the first date to the second, on both databases."""

    output_field = models.IntegerField()
    arity = 2

    def as_postgresql(self, compiler, connection, **context):
        """Compile to the difference of two dates."""
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ", **context)

    def as_sqlite(self, compiler, connection, **context):
        """Compile to the difference of two Julian days."""
        return self.as_sql(
            compiler,
            connection,
            template="CAST(julianday(%(expressions)s) AS INTEGER)",
            arg_joiner=") - julianday(",
            **context,
        )


@dataclass(frozen=True)
class LightFields:
    """Names of the five fields that determine a light."""

    status: str
    claimed_on: str
    unanswered: str
    due_on: str
    warning_days: str


NOW = LightFields("status", "claimed_on", "awaits_answer", "due_on", "plan__warning_days")
"""Fields of the duty: the current state."""

THEN = LightFields("to_status", "claimed_on", "awaits_answer", "due_on", "assignment__plan__warning_days")
"""Fields of a step: the state after it."""

BEFORE = LightFields("status", "claimed_on", "awaits_answer", "first_due_on", "plan__warning_days")
"""Fields of a duty before its first step: it had its first deadline."""

NEVER = Value(date.max, models.DateField())
"""Replaces "no deadline" in subqueries, whose NULL means that no step was found."""

RANK = {light: rank for rank, light in enumerate(Light)}


def _light(names, as_of, shown):
    """Return the light as an expression: the first that applies, in the order of design: Lights. `shown` gives its
    value.
    """
    under_review = Q(**{names.status: Status.UNDER_REVIEW})
    in_time = _in_time(names)
    return Case(
        When(**{names.status: Status.COMPLETED}, then=shown(Light.DONE)),
        When(under_review & in_time, then=shown(Light.REVIEW)),
        When(**{f"{names.due_on}__lt": as_of}, then=shown(Light.OVERDUE)),
        When(under_review, then=shown(Light.REVIEW)),
        When(_is_near(names, as_of) | Q(**{names.unanswered: True}), then=shown(Light.DUE_SOON)),
        When(~Q(**{names.status: Status.NOT_STARTED}), then=shown(Light.ON_TRACK)),
        default=shown(Light.NOT_STARTED),
    )


def _untouched(names, as_of, shown):
    """Return the light of a duty that has no step yet."""
    return Case(
        When(**{f"{names.due_on}__lt": as_of}, then=shown(Light.OVERDUE)),
        When(_is_near(names, as_of), then=shown(Light.DUE_SOON)),
        default=shown(Light.NOT_STARTED),
    )


def _in_time(names):
    return Q(**{f"{names.due_on}__isnull": True}) | Q(**{f"{names.claimed_on}__lte": F(names.due_on)})


def _is_near(names, as_of):
    days_left = DaysFrom(F(names.due_on), Value(as_of, models.DateField()))
    return Q(**{f"{names.due_on}__isnull": False}) & Q(LessThanOrEqual(days_left, F(names.warning_days)))


def _is_late(names):
    """Return whether completion was claimed after the deadline, approved or not."""
    claimed = Q(**{f"{names.status}__in": [Status.COMPLETED, Status.UNDER_REVIEW]})
    return Case(When(claimed & ~_in_time(names), then=Value(True)), default=Value(False))


def _as_word(light):
    return Value(light.value, models.CharField())


def _as_rank(light):
    return Value(RANK[light], models.IntegerField())


def _today(as_of):
    return {
        "status_then": F("status"),
        "unanswered_then": F("awaits_answer"),
        "light": _light(NOW, as_of, _as_word),
        "light_rank": _light(NOW, as_of, _as_rank),
        "is_late": _is_late(NOW),
        "due_then": F("due_on"),
    }


def _on_a_past_day(as_of):
    """Return the annotations of a past evening; each uses one subquery for the last step up to then."""
    steps = Transition.objects.filter(assignment=OuterRef("pk"), on__lte=as_of).order_by("-pk")

    def left(expression):
        return Subquery(steps.annotate(left=expression).values("left")[:1])

    return {
        "status_then": Coalesce(left(F("to_status")), Value(Status.NOT_STARTED.value)),
        "unanswered_then": Coalesce(left(F("awaits_answer")), Value(False)),
        "light": Coalesce(left(_light(THEN, as_of, _as_word)), _untouched(BEFORE, as_of, _as_word)),
        "light_rank": Coalesce(left(_light(THEN, as_of, _as_rank)), _untouched(BEFORE, as_of, _as_rank)),
        "is_late": Coalesce(left(_is_late(THEN)), Value(False)),
        "due_then": NullIf(Coalesce(left(Coalesce(F("due_on"), NEVER)), F("first_due_on")), NEVER),
    }


class LightQuerySet(models.QuerySet):
    """Queryset of duties with their lights."""

    def with_light(self, as_of=None):
        """Annotate the state of each duty on the evening of `as_of` (by default today).

        `light` (a `Light`), `light_rank` (0 is most urgent), `is_late` (claimed after the deadline: 逾期办结, or a late
        claim under review), `status_then`, `unanswered_then` (returned and not answered), `due_then`, `days_left`
        (negative: days overdue).
        """
        today = timezone.localdate()
        as_of = as_of or today
        lit = _today(as_of) if as_of >= today else _on_a_past_day(as_of)
        return self.annotate(**lit).annotate(days_left=DaysFrom(F("due_then"), Value(as_of, models.DateField())))

    def owed(self, as_of=None):
        """Filter to the duties that counted on the evening of `as_of` (by default today).

        A duty counts when it was owed by then, not yet released, and not suspended (中止, design: Rules of progress).
        """
        today = timezone.localdate()
        as_of = as_of or today
        return self.bound(as_of).filter(suspended=False) if as_of >= today else self._not_suspended_then(as_of)

    def bound(self, as_of=None):
        """Filter to the duties that a unit had on `as_of` (by default today), including suspended ones."""
        as_of = as_of or timezone.localdate()
        return self.filter(owed_from__lte=as_of).filter(Q(released_on__isnull=True) | Q(released_on__gt=as_of))

    def _not_suspended_then(self, as_of):
        steps = Transition.objects.filter(assignment=OuterRef("pk"), on__lte=as_of).order_by("-pk")
        then = Coalesce(Subquery(steps.values("suspended")[:1]), Value(False))
        return self.bound(as_of).alias(suspended_then=then).filter(suspended_then=False)
