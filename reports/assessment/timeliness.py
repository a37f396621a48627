"""Criterion 按时情况: the share of completed and overdue duties that was claimed by the deadline."""

from wenshang_disclosure.core.rates import in_per_cent

from .parts import Part, plain, rounded

LABEL = "按时情况"


def score(unit, numbers):
    """Return weight × on time / (completed + overdue); the full weight if there are none yet."""
    weight, due = numbers.timeliness, unit.done + unit.overdue
    if not due:
        return Part(rounded(weight), weight, f"没有办结或逾期的事项，不扣分，得{plain(weight)}分")
    points = rounded(weight * unit.done_in_time / due)
    share = in_per_cent(unit.done_in_time, due)
    counts = f"办结{unit.done}件、逾期未办结{unit.overdue}件，其中按时办结{unit.done_in_time}件"
    return Part(points, weight, f"{counts}，按时率{share}，得{plain(points)}分")


def explained(numbers):
    """Return the explanation of the criterion."""
    weight = plain(numbers.timeliness)
    return f"按时办结件数占“办结加逾期未办结”件数的比例×{weight}分；没有办结也没有逾期的，得{weight}分。"
