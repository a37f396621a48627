"""What one criterion gives, and how numbers are rounded and written: half up, two digits."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Part:
    """The points of one criterion, out of how many, and why, in words with the figures."""

    points: Decimal
    out_of: Decimal
    reason: str


def rounded(number):
    """Round half up to two digits."""
    return Decimal(number).quantize(HUNDREDTH, ROUND_HALF_UP)


def plain(number):
    """Write a number without needless zeros: 50, 42.86, 4.5."""
    text = f"{rounded(number):f}"
    return text.rstrip("0").rstrip(".")


def in_per_cent(part, whole):
    """Write `part` of `whole` in per cent with one digit, half up."""
    share = (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}%"
