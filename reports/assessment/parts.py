"""Result of one criterion, and formatting of points with two decimals."""

from dataclasses import dataclass
from decimal import Decimal

from wenshang_disclosure.core.rates import half_up


@dataclass(frozen=True)
class Part:
    """Points of one criterion, the maximum, and the reason in Chinese."""

    points: Decimal
    out_of: Decimal
    reason: str


def rounded(number):
    """Return `number` rounded half up to two decimals."""
    return half_up(number, 2)


def plain(number):
    """Return `number` as text without trailing zeros: 50, 42.86, 4.5."""
    text = f"{rounded(number):f}"
    return text.rstrip("0").rstrip(".")
