"""Two rubrics side by side, on the same facts."""

from dataclasses import dataclass

from .ranking import Score, ranked


@dataclass(frozen=True)
class Effect:
    """One unit by the standing rubric and by the tried one."""

    before: Score
    after: Score

    @property
    def more(self):
        """By how many points the total changes."""
        return self.after.total - self.before.total

    @property
    def less(self):
        """By how many points the total shrinks."""
        return -self.more

    @property
    def group(self):
        """Among whom the unit is ranked."""
        return self.after.group

    @property
    def places(self):
        """By how many places the unit rises (negative: falls)."""
        return self.before.rank - self.after.rank

    @property
    def places_lost(self):
        """By how many places the unit falls."""
        return -self.places


def compared(all_facts, current, tried):
    """Return the `Effect` on each unit, in the order of the tried rubric."""
    before = {score.unit_id: score for score in ranked(all_facts, current)}
    return [Effect(before[score.unit_id], score) for score in ranked(all_facts, tried)]
