"""How a duty stands on a day: the one definition of the lights (design: Lights), as database expressions."""

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
    """Whole days from the first date to the second, on both databases."""

    output_field = models.IntegerField()
    arity = 2

    def as_postgresql(self, compiler, connection, **context):
        """Subtract dates."""
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ", **context)

    def as_sqlite(self, compiler, connection, **context):
        """Subtract Julian days."""
        return self.as_sql(
            compiler,
            connection,
            template="CAST(julianday(%(expressions)s) AS INTEGER)",
            arg_joiner=") - julianday(",
            **context,
        )


@dataclass(frozen=True)
class LightFields:
    """Where the five things that a light rests on are found."""

    status: str
    claimed_on: str
    unanswered: str
    due_on: str
    warning_days: str


NOW = LightFields("status", "claimed_on", "awaits_answer", "due_on", "plan__warning_days")
"""On the duty itself: what its last step left."""

THEN = LightFields("to_status", "claimed_on", "awaits_answer", "due_on", "assignment__plan__warning_days")
"""On a step: what that step left."""

BEFORE = LightFields("status", "claimed_on", "awaits_answer", "first_due_on", "plan__warning_days")
"""On a duty to which nothing had happened yet: its deadline was the first one."""

NEVER = Value(date.max, models.DateField())
"""Stands for "no deadline" inside look-ups, where nothing found also reads as nothing."""

RANK = {light: rank for rank, light in enumerate(Light)}


def _light(names, as_of, shown):
    """Return the light as an expression: the first that fits, in the order of design: Lights. `shown` gives its
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
    """Return the light of a duty on which nothing had happened yet."""
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
    """Tell of the red mark: claimed after the deadline, whether it was approved yet or not."""
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
    """Each annotation is one look-up of the last step up to then, not one for each thing that it rests on."""
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
    """A queryset of assignments that knows their lights."""

    def with_light(self, as_of=None):
        """Annotate how each duty stood on the evening of `as_of` (today by default).

        `light` (a `Light`), `light_rank` (0 is most urgent), `is_late` (claimed after the deadline: 逾期办结, or a late
        claim under review), `status_then`, `unanswered_then` (returned and not answered), `due_then`, `days_left`
        (negative: days overdue).
        """
        today = timezone.localdate()
        as_of = as_of or today
        lit = _today(as_of) if as_of >= today else _on_a_past_day(as_of)
        return self.annotate(**lit).annotate(days_left=DaysFrom(F("due_then"), Value(as_of, models.DateField())))

    def owed(self, as_of=None):
        """Cut to the duties that counted on the evening of `as_of` (today by default).

        Owed by then, not yet released, and not suspended (中止, design: Rules of progress).
        """
        today = timezone.localdate()
        as_of = as_of or today
        return self.bound(as_of).filter(suspended=False) if as_of >= today else self._not_suspended_then(as_of)

    def bound(self, as_of=None):
        """Cut to the duties that a unit had on `as_of` (today by default), suspended ones as well."""
        as_of = as_of or timezone.localdate()
        return self.filter(owed_from__lte=as_of).filter(Q(released_on__isnull=True) | Q(released_on__gt=as_of))

    def _not_suspended_then(self, as_of):
        steps = Transition.objects.filter(assignment=OuterRef("pk"), on__lte=as_of).order_by("-pk")
        then = Coalesce(Subquery(steps.values("suspended")[:1]), Value(False))
        return self.bound(as_of).alias(suspended_then=then).filter(suspended_then=False)
