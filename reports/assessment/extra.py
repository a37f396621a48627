"""Criterion 典型经验: extra points for exemplary cases, up to a cap."""

from .parts import Part, plain, rounded

LABEL = "典型经验"


def score(unit, numbers):
    """Return points per case × cases, at most the cap."""
    cap = numbers.most_extra
    if not unit.exemplary:
        return Part(rounded(0), cap, "没有典型经验，不加分")
    earned = unit.exemplary * numbers.per_case
    points = rounded(min(earned, cap))
    capped = f"，最多加{plain(cap)}分" if earned > cap else ""
    reason = f"典型经验{unit.exemplary}件，每件加{plain(numbers.per_case)}分{capped}，加{plain(points)}分"
    return Part(points, cap, reason)


def explained(numbers):
    """Return the explanation of the criterion."""
    return f"审核人列为典型经验的报告，每件加{plain(numbers.per_case)}分，最多加{plain(numbers.most_extra)}分。"
