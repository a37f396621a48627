"""Rounding of rates, means and scores: half up everywhere.

Named rates (`completion_rate`, `on_time_rate`) are in per cent with one decimal. Excel cells hold the unrounded share,
so that formulas keep working; Excel rounds it half up when displaying it as 0.0%.
"""

from decimal import ROUND_HALF_UP, Decimal

NO_RATE = "—"


def half_up(number, digits):
    """Return `number` as a `Decimal` rounded to `digits` decimals."""
    return Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def per_cent(part, whole):
    """Return `part` of `whole` (integers) in per cent with one decimal, `None` if `whole` is zero."""
    return (2000 * part + whole) // (2 * whole) / 10 if whole else None


def in_per_cent(part, whole):
    """Return `per_cent` as text, a dash if `whole` is zero."""
    return f"{per_cent(part, whole):.1f}%" if whole else NO_RATE


def share(part, whole):
    """Return `part` divided by `whole` for cells formatted in per cent, `None` if `whole` is zero."""
    return part / whole if whole else None
