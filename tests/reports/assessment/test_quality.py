"""报告质量: the mean rating of the approved reports."""

from decimal import Decimal

import pytest

from reports.assessment import RubricValues, UnitFacts, quality
from tasks.choices import Quality


@pytest.mark.parametrize(
    ("ratings", "points", "reason"),
    [
        ({}, "0.00", "没有审核通过的报告，得0分"),
        ({Quality.EXCELLENT: 2}, "20.00", "审核通过报告2份，优2份，平均100分，得20分"),
        ({Quality.POOR: 1}, "6.00", "审核通过报告1份，较差1份，平均30分，得6分"),
        ({None: 3}, "16.00", "审核通过报告3份，未评价3份（未评价的按80分计），平均80分，得16分"),
        (
            {None: 1, Quality.FAIR: 1, Quality.GOOD: 2, Quality.EXCELLENT: 3},
            "17.14",
            "审核通过报告7份，优3份、良2份、一般1份、未评价1份（未评价的按80分计），平均85.71分，得17.14分",
        ),
    ],
)
def test_points_and_reason(ratings, points, reason):
    part = quality.score(UnitFacts(owed=1, ratings=ratings), RubricValues())

    assert (part.points, part.out_of, part.reason) == (Decimal(points), Decimal(20), reason)


def test_what_was_not_rated_counts_what_the_rubric_says():
    numbers = RubricValues(quality=Decimal(25), unrated=Decimal("70.5"))

    part = quality.score(UnitFacts(owed=1, ratings={None: 1}), numbers)

    assert part.points == Decimal("17.63")  # 17.625
    assert "未评价的按70.5分计" in part.reason


def test_a_rating_from_the_database_counts_like_its_name():
    by_number = quality.score(UnitFacts(owed=1, ratings={4: 1, 1: 1}), RubricValues())

    assert by_number == quality.score(
        UnitFacts(owed=1, ratings={Quality.EXCELLENT: 1, Quality.POOR: 1}), RubricValues()
    )


def test_the_rule_names_what_each_rating_is_worth():
    assert "（优100分、良80分、一般60分、较差30分、未评价80分）" in quality.explained(RubricValues())
