"""Annual assessment (考核): facts as of a day, one module per criterion, ranks. No database access but for facts."""

from departments.models import Unit
from wenshang_disclosure.core.web.errors import may

from .facts import UnitFacts, facts
from .numbers import RubricValues, current
from .parts import Part
from .ranking import CRITERIA, Score, ranked, unranked
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
    "unranked",
    "scores_in",
    "current",
]


def scores_in(scope, numbers):
    """Return the scores that the scope's user may see: with ranks where they may see them, else as in the register."""
    found = facts(scope.plan, scope.as_of, Unit.objects.visible_to(scope.user))
    return (ranked if may(scope.user, "reports.see_current_ranks") else unranked)(found, numbers)


def explained(numbers):
    """Return `(label, maximum points, explanation)` of each criterion."""
    most = {name: getattr(numbers, name, numbers.most_extra) for name in CRITERIA}
    return [(criterion.LABEL, most[name], criterion.explained(numbers)) for name, criterion in CRITERIA.items()]
