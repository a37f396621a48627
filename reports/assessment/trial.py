"""Comparison of two rubrics on the same facts."""

from dataclasses import dataclass

from .ranking import Score, ranked


@dataclass(frozen=True)
class Effect:
    """A unit's scores by the current rubric and by the one on trial."""

    before: Score
    after: Score

    @property
    def more(self):
        """The change of the total in points."""
        return self.after.total - self.before.total

    @property
    def less(self):
        """The loss of points."""
        return -self.more

    @property
    def group(self):
        """The group in which the unit is ranked."""
        return self.after.group

    @property
    def places(self):
        """The places gained (negative: lost); none where units are not ranked."""
        return self.before.rank - self.after.rank if self.after.rank else 0

    @property
    def places_lost(self):
        """The places lost."""
        return -self.places


def compared(all_facts, current, tried, *, scored=ranked):
    """Return the `Effect` on each unit, in the order of the rubric on trial; `scored` is `ranked` or `unranked`."""
    before = {score.unit_id: score for score in scored(all_facts, current)}
    return [Effect(before[score.unit_id], score) for score in scored(all_facts, tried)]
