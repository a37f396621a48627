"""The one rounding rule: half up, as people round by hand. Every rate, mean and score is written by these functions.

A rate is in per cent with one digit wherever it has a name (`completion_rate`, `on_time_rate`). Excel gets the share
itself, so that its formulas stay formulas, and rounds it half up when it shows it as 0.0%.
"""

from decimal import ROUND_HALF_UP, Decimal

NO_RATE = "—"


def half_up(number, digits):
    """Return `number` as a `Decimal` with so many digits after the point."""
    return Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def per_cent(part, whole):
    """Return what `part` (an integer) is of `whole`, in per cent with one digit; `None` where there is no whole."""
    return (2000 * part + whole) // (2 * whole) / 10 if whole else None


def in_per_cent(part, whole):
    """Return the same in words, a dash where there is no whole."""
    return f"{per_cent(part, whole):.1f}%" if whole else NO_RATE


def share(part, whole):
    """Return what `part` is of `whole` as a fraction, for cells that Excel shows in per cent; `None` of no whole."""
    return part / whole if whole else None
