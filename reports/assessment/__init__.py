"""Annual assessment (考核): facts as of a day, one module per criterion, ranks. No database access but for facts."""

from dataclasses import replace

from departments.models import Unit

from .facts import UnitFacts, facts
from .numbers import RubricValues, current
from .parts import Part
from .ranking import CRITERIA, Score, ranked
from .trial import Effect, compared

__all__ = [
    "CRITERIA",
    "Effect",
    "RubricValues",
    "Part",
    "Score",
    "UnitFacts",
    "compared",
    "explained",
    "facts",
    "ranked",
    "scores_in",
    "current",
]


def scores_in(scope, numbers):
    """Return the scores that the scope's user may see; who sees only their own unit gets no rank before publication."""
    scores = ranked(facts(scope.plan, scope.as_of, Unit.objects.visible_to(scope.user)), numbers)
    return scores if scope.user.reads_everything else [replace(score, rank=None) for score in scores]


def explained(numbers):
    """Return `(label, maximum points, explanation)` of each criterion."""
    most = {name: getattr(numbers, name, numbers.most_extra) for name in CRITERIA}
    return [(criterion.LABEL, most[name], criterion.explained(numbers)) for name, criterion in CRITERIA.items()]
