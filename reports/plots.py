"""Charts as SVG whose lengths are per cents, so that they follow the window without a script or a style attribute.

A `Plot` turns days and values into places; `templates/reports/_plot.html` draws it.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

TOP, BOTTOM = 8.0, 88.0
"""Upper and lower edge of the drawing in per cent of the box; the labels of the axes stand outside."""
STEPS = (1, 2, 5)
MAX_LINES, MAX_TICKS = 3, 9
TICK_WIDTH, LAST_TICK_WIDTH = 8.5, 12
"""The least distance of labels below in per cent of the width; the last one says the day, too."""


def bar_length(part, whole):
    """Return the length of a bar in per cent, as SVG takes it."""
    return f"{100 * part / whole if whole else 0:.2f}%"


def nice_step(most):
    """Return the distance of the lines above zero: 1, 2 or 5 times a power of ten, for at most `MAX_LINES` of them."""
    power = 1
    while True:
        for step in STEPS:
            if most // (step * power) <= MAX_LINES:
                return step * power
        power *= 10


@dataclass
class Plot:
    """A chart over the days from `first` to `last` with values up to `most`; `said` is what it tells, in words."""

    first: date
    last: date
    most: float
    said: str = ""
    left: float = 6.0
    right: float = 86.0
    lines: list = field(default_factory=list)
    labels: list = field(default_factory=list)
    points: list = field(default_factory=list)

    def __post_init__(self):
        self.step = nice_step(max(self.most, 1))
        self.top = max(self.most, self.step)

    def x(self, day):
        """Return the place of a day in per cent of the width."""
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return self.left + (self.right - self.left) * min(max(share, 0), 1)

    def y(self, value):
        """Return the place of a value in per cent of the height."""
        return BOTTOM - (BOTTOM - TOP) * min(max(value / self.top, 0), 1)

    @property
    def grid(self):
        """The horizontal lines: `(place, value)`."""
        values = range(0, int(self.top) + 1, self.step)
        return [(_per_cent(self.y(value)), value) for value in values]

    def ticks(self, days):
        """Set the labels below, from the last of `days` on backwards, at even distances, as many as stand beside one
        another.

        Every second one is left out on a phone.
        """
        every = -(-len(days) // MAX_TICKS) or 1
        while self._are_too_near(shown := days[::-1][::every]):
            every += 1
        self.days = [(_per_cent(self.x(day)), label, place % 2) for place, (day, label) in enumerate(shown)]

    def _are_too_near(self, days):
        gaps = [self.x(day) - self.x(before) for (day, _), (before, _) in pairwise(days)]
        return any(gap < TICK_WIDTH for gap in gaps) or any(gap < LAST_TICK_WIDTH for gap in gaps[:1])

    @property
    def edges(self):
        """The ends of the horizontal lines, and the place of their labels."""
        return _per_cent(self.left), _per_cent(self.right), _per_cent(self.left - 0.8)

    def line(self, kind, points):
        """Add a line through `(day, value)`; `kind` is its CSS class."""
        places = [(_per_cent(self.x(day)), _per_cent(self.y(value))) for day, value in points]
        self.lines.append((kind, [(*a, *b) for a, b in pairwise(places)]))

    def steps(self, kind, points):
        """Add a line that keeps each value until the next day."""
        path = [points[0]] if points else []
        for day, value in points[1:]:
            path += [(day, path[-1][1]), (day, value)]
        self.line(kind, path)

    def point(self, kind, day, value):
        """Add a dot."""
        self.points.append((kind, _per_cent(self.x(day)), _per_cent(self.y(value))))

    def label(self, kind, day, value, text, *, dx=0, dy=0, anchor="start"):
        """Add a word beside a place; `dx` and `dy` are pixels."""
        self.labels.append((kind, _per_cent(self.x(day)), _per_cent(self.y(value)), dx, dy, anchor, text))


def _per_cent(value):
    return f"{value:.2f}%"
