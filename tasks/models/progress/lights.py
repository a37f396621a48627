"""The single definition of the lights (design: Lights), as database expressions."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.lookups import LessThanOrEqual

from tasks.choices import Light, Status
from wenshang_disclosure.core.evenings import current_day


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

GIVEN = LightFields("given_status", "given_claimed_on", "given_unanswered", "given_due_on", "plan__warning_days")
"""Annotations of a duty with a state that it was in."""

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


class LightQuerySet(models.QuerySet):
    """Queryset of duties with their lights.

    The lights of a past evening are read within `evening(day)`, where the duties are as they stood on it.
    """

    def with_light(self, as_of=None):
        """Annotate how each duty stands on the evening of `as_of`, by default the current day.

        `light` (a `Light`), `light_rank` (0 is most urgent), `is_late` (claimed after the deadline: 逾期办结, or a late
        claim under review), `days_left` (negative: days overdue).
        """
        as_of = _day(as_of)
        return self.annotate(
            light=_light(NOW, as_of, _as_word),
            light_rank=_light(NOW, as_of, _as_rank),
            is_late=_is_late(NOW),
            days_left=DaysFrom(F("due_on"), Value(as_of, models.DateField())),
        )

    def owed(self, as_of=None):
        """Filter to the duties that count on the evening of `as_of`, by default the current day.

        A duty counts when it was owed by then, not yet released, and not suspended (中止, design: Rules of progress).
        """
        return self.bound(_day(as_of)).filter(suspended=False)

    def bound(self, as_of=None):
        """Filter to the duties that a unit has on `as_of`, by default the current day, including suspended ones.

        For a past day outside its evening, this is what is known of it today.
        """
        as_of = as_of or current_day()
        return self.filter(owed_from__lte=as_of).filter(Q(released_on__isnull=True) | Q(released_on__gt=as_of))

    def with_light_of(self, state, as_of):
        """Annotate `light`: the one of each duty on the evening of `as_of` in the state that `state`, a dict, gives.

        Its keys are those of a step: `to_status`, `claimed_on`, `awaits_answer`, `due_on`.
        """
        given = {
            GIVEN.status: Value(state["to_status"], models.CharField()),
            GIVEN.claimed_on: Value(state["claimed_on"], models.DateField()),
            GIVEN.unanswered: Value(state["awaits_answer"], models.BooleanField()),
            GIVEN.due_on: Value(state["due_on"], models.DateField()),
        }
        return self.alias(**given).annotate(light=_light(GIVEN, as_of, _as_word))


def _day(as_of):
    """Return the day, by default the current one. Raise `RuntimeError` for a past day outside its evening."""
    if as_of is not None and as_of < current_day():
        raise RuntimeError(f"How duties stood on {as_of} is read within evening({as_of!r}).")
    return as_of or current_day()
