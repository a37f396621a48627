"""Criterion 办结情况: the share of owed duties that are completed."""

from wenshang_disclosure.core.rates import in_per_cent

from .parts import Part, plain, rounded

LABEL = "办结情况"


def score(unit, numbers):
    """Return weight × completed / owed."""
    points = rounded(numbers.completion * unit.done / unit.owed)
    share = in_per_cent(unit.done, unit.owed)
    reason = f"应办{unit.owed}件，办结{unit.done}件，办结率{share}，得{plain(points)}分"
    return Part(points, numbers.completion, reason)


def explained(numbers):
    """Return the explanation of the criterion."""
    return f"办结件数占应办件数的比例×{plain(numbers.completion)}分。中止和解除的事项不计。"
