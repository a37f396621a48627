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
    "shown_to",
    "current",
]


def shown_to(user, plan, as_of, numbers):
    """Return the scores that `user` may see; people who see only their own unit get no rank before publication."""
    scores = ranked(facts(plan, as_of, Unit.objects.visible_to(user)), numbers)
    return scores if user.reads_everything else [replace(score, rank=None) for score in scores]


def explained(numbers):
    """Return `(label, maximum points, explanation)` of each criterion."""
    most = {name: getattr(numbers, name, numbers.most_extra) for name in CRITERIA}
    return [(criterion.LABEL, most[name], criterion.explained(numbers)) for name, criterion in CRITERIA.items()]
