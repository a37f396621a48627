"""Ranking by total points, departments and townships separately; equal totals share a rank."""

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
    """A unit's points by criterion, in the order of `CRITERIA`, and in total."""

    facts: UnitFacts
    parts: dict
    total: Decimal
    rank: int | None = None

    @property
    def unit_id(self):
        """The unit's id."""
        return self.facts.unit

    @property
    def unit_name(self):
        """The unit's current name."""
        return self.facts.name

    @property
    def group(self):
        """The group in which the unit is ranked."""
        return self.facts.group


def unranked(all_facts, numbers):
    """Return the `Score` of each unit without a rank, departments first, in the order of the register."""
    groups = list(Group)
    scores = [_score(unit, numbers) for unit in all_facts]
    return sorted(scores, key=lambda score: (groups.index(score.group), score.facts.order, score.facts.unit))


def ranked(all_facts, numbers):
    """Return the `Score` of each unit with its rank, departments first, best first."""
    groups = list(Group)
    scores = unranked(all_facts, numbers)
    scores.sort(key=lambda score: (groups.index(score.group), -score.total))
    ranked = []
    for _, group in groupby(scores, key=lambda score: score.group):
        ranked += _with_ranks(list(group))
    return ranked


def _score(unit, numbers):
    parts = {name: criterion.score(unit, numbers) for name, criterion in CRITERIA.items()}
    return Score(unit, parts, sum(part.points for part in parts.values()))


def _with_ranks(group):
    """Return the scores of one group with ranks; ties share a rank and the next one is skipped (1, 2, 2, 4)."""
    ranks, last = [], None
    for place, score in enumerate(group, start=1):
        rank = ranks[-1] if last == score.total else place
        ranks.append(rank)
        last = score.total
    return [Score(score.facts, score.parts, score.total, rank) for score, rank in zip(group, ranks, strict=True)]
