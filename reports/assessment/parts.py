"""Result of one criterion, and rounding and formatting of numbers (half up, two decimals)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Part:
    """Points of one criterion, the maximum, and the reason in Chinese."""

    points: Decimal
    out_of: Decimal
    reason: str


def rounded(number):
    """Return `number` rounded half up to two decimals."""
    return Decimal(number).quantize(HUNDREDTH, ROUND_HALF_UP)


def plain(number):
    """Return `number` as text without trailing zeros: 50, 42.86, 4.5."""
    text = f"{rounded(number):f}"
    return text.rstrip("0").rstrip(".")


def in_per_cent(part, whole):
    """Return `part / whole` as a percentage with one decimal, half up."""
    share = (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}%"
