"""How a duty stands on a day: the one definition of the lights (design §5), as database expressions."""

from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..choices import Light, Status
from .transition import Transition


class DaysFrom(models.Func):
    """Whole days from the first date to the second, on both databases."""

    output_field = IntegerField()
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


def standing(as_of):
    """Give the annotations `status_then`, `claimed_then`, `unanswered_then`, `due_then` for the evening of `as_of`.

    Today they are the columns that the last step left; for a past day they are what the last step up to then left.
    """
    if as_of >= timezone.localdate():
        return {
            "status_then": F("status"),
            "claimed_then": F("claimed_on"),
            "unanswered_then": F("awaits_answer"),
            "due_then": F("due_on"),
        }
    last = Transition.objects.filter(assignment=OuterRef("pk"), on__lte=as_of).order_by("-pk")
    return {
        "status_then": Coalesce(Subquery(last.values("to_status")[:1]), Value(Status.NOT_STARTED.value)),
        "claimed_then": Subquery(last.values("claimed_on")[:1]),
        "unanswered_then": Coalesce(Subquery(last.values("awaits_answer")[:1]), Value(False)),
        "due_then": F("due_on"),
    }


def light_annotations(as_of):
    """Give the annotations that rest on `standing`: the light, its urgency, the red mark and the days left."""
    day = Value(as_of, DateField())
    completed = Q(status_then=Status.COMPLETED)
    under_review = Q(status_then=Status.UNDER_REVIEW)
    in_time = Q(due_then__isnull=True) | Q(claimed_then__lte=F("due_then"))
    passed = Q(due_then__lt=day)
    near = Q(days_left__lte=F("plan__warning_days"))
    light = Case(  # first that fits, in the order of design §5
        When(completed, then=Value(Light.DONE.value)),
        When(under_review & in_time, then=Value(Light.REVIEW.value)),
        When(passed, then=Value(Light.OVERDUE.value)),
        When(under_review, then=Value(Light.REVIEW.value)),
        When(near | Q(unanswered_then=True), then=Value(Light.DUE_SOON.value)),
        When(~Q(status_then=Status.NOT_STARTED), then=Value(Light.ON_TRACK.value)),
        default=Value(Light.NOT_STARTED.value),
        output_field=CharField(),
    )
    return {
        "light": light,
        "is_late": Case(
            When((completed | under_review) & ~in_time, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    }


LIGHT_RANK = Case(
    *(When(light=light.value, then=Value(rank)) for rank, light in enumerate(Light)), output_field=IntegerField()
)
"""Most urgent first, in the order of `Light`."""


class LightQuerySet(models.QuerySet):
    """A queryset of assignments that knows their lights."""

    def with_light(self, as_of=None):
        """Annotate how each duty stood on the evening of `as_of` (today by default).

        `light` (a `Light`), `light_rank` (0 is most urgent), `is_late` (claimed after the deadline: 逾期办结, or a late
        claim under review), `unanswered_then` (returned and not answered), `days_left` (negative: days overdue).
        """
        as_of = as_of or timezone.localdate()
        return (
            self.annotate(**standing(as_of))
            .annotate(days_left=DaysFrom(F("due_then"), Value(as_of, DateField())))
            .annotate(**light_annotations(as_of))
            .annotate(light_rank=LIGHT_RANK)
        )

    def owed(self, as_of=None):
        """Cut to the duties that counted on `as_of` (today by default): owed by then and not yet released."""
        as_of = as_of or timezone.localdate()
        return self.filter(owed_from__lte=as_of).filter(Q(released_on__isnull=True) | Q(released_on__gt=as_of))
