"""Criterion 报告质量: the average rating of approved reports."""

from tasks.choices import Quality

from .parts import Part, plain, rounded

LABEL = "报告质量"
NAMES = {
    Quality.EXCELLENT: "excellent",
    Quality.GOOD: "good",
    Quality.FAIR: "fair",
    Quality.POOR: "poor",
    None: "unrated",
}


def score(unit, numbers):
    """Return weight × mean rating / 100; 0 if no report was approved."""
    weight, reports = numbers.quality, sum(unit.ratings.values())
    if not reports:
        return Part(rounded(0), weight, "没有审核通过的报告，得0分")
    worth = sum(getattr(numbers, NAMES[quality]) * number for quality, number in unit.ratings.items())
    points = rounded(weight * worth / (100 * reports))
    reason = f"审核通过报告{reports}份，{_counts(unit, numbers)}，平均{plain(worth / reports)}分，得{plain(points)}分"
    return Part(points, weight, reason)


def _counts(unit, numbers):
    counted = [
        f"{Quality(quality).label if quality else '未评价'}{unit.ratings[quality]}份"
        for quality in NAMES
        if unit.ratings.get(quality)
    ]
    neutral = f"（未评价的按{plain(numbers.unrated)}分计）" if unit.ratings.get(None) else ""
    return "、".join(counted) + neutral


def explained(numbers):
    """Return the explanation of the criterion."""
    worth = "、".join(
        f"{Quality(quality).label if quality else '未评价'}{plain(getattr(numbers, name))}分"
        for quality, name in NAMES.items()
    )
    weight = plain(numbers.quality)
    return (
        f"审核通过的报告按审核人评定的等次折算（{worth}），取平均值，按百分比×{weight}分；没有审核通过的报告，得0分。"
    )
