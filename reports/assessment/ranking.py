"""Points to ranks: departments and townships apart, equal totals share a rank."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from reports.choices import Group

from . import completion, conduct, extra, quality, timeliness
from .facts import UnitFacts

CRITERIA = {
    "completion": completion,
    "timeliness": timeliness,
    "quality": quality,
    "conduct": conduct,
    "extra": extra,
}


@dataclass(frozen=True)
class Score:
    """One unit's points: by criterion, in the order of `CRITERIA`, and together."""

    facts: UnitFacts
    parts: dict
    total: Decimal
    rank: int | None = None

    @property
    def unit_id(self):
        """Whose points they are."""
        return self.facts.unit

    @property
    def unit_name(self):
        """The name as it is now."""
        return self.facts.name

    @property
    def group(self):
        """Among whom the unit is ranked."""
        return self.facts.group


def ranked(all_facts, numbers):
    """Return the `Score` of each unit with its rank, departments first, the best of each group first."""
    scores = [_score(unit, numbers) for unit in all_facts]
    groups = list(Group)
    scores.sort(key=lambda score: (groups.index(score.group), -score.total, score.facts.order, score.facts.unit))
    ranked = []
    for _, group in groupby(scores, key=lambda score: score.group):
        ranked += _with_ranks(list(group))
    return ranked


def _score(unit, numbers):
    parts = {name: criterion.score(unit, numbers) for name, criterion in CRITERIA.items()}
    return Score(unit, parts, sum(part.points for part in parts.values()))


def _with_ranks(group):
    """Number one group: whoever has the same total as the one before has its rank, the next counts on (1, 2, 2, 4)."""
    ranks, last = [], None
    for place, score in enumerate(group, start=1):
        rank = ranks[-1] if last == score.total else place
        ranks.append(rank)
        last = score.total
    return [Score(score.facts, score.parts, score.total, rank) for score, rank in zip(group, ranks, strict=True)]
