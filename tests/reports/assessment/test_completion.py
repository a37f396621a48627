"""办结情况: the share of what is owed that is 办结."""

from decimal import Decimal

import pytest

from reports.assessment import RubricValues, UnitFacts, completion


@pytest.mark.parametrize(
    ("owed", "done", "weight", "points", "reason"),
    [
        (56, 48, 50, "42.86", "应办56件，办结48件，办结率85.7%，得42.86分"),
        (56, 56, 50, "50.00", "应办56件，办结56件，办结率100.0%，得50分"),
        (56, 0, 50, "0.00", "应办56件，办结0件，办结率0.0%，得0分"),
        (3, 1, 50, "16.67", "应办3件，办结1件，办结率33.3%，得16.67分"),
        (3, 2, 50, "33.33", "应办3件，办结2件，办结率66.7%，得33.33分"),
        (16, 1, 50, "3.13", "应办16件，办结1件，办结率6.3%，得3.13分"),  # 3.125 and 6.25%: half goes up
        (1, 1, 0, "0.00", "应办1件，办结1件，办结率100.0%，得0分"),
        (8, 1, "12.5", "1.56", "应办8件，办结1件，办结率12.5%，得1.56分"),  # 1.5625
    ],
)
def test_points_and_reason(owed, done, weight, points, reason):
    part = completion.score(UnitFacts(owed=owed, done=done), RubricValues(completion=Decimal(weight)))

    assert (part.points, part.out_of, part.reason) == (Decimal(points), Decimal(weight), reason)
    assert str(part.points) == points


def test_the_rule_names_its_weight():
    assert "×45分" in completion.explained(RubricValues(completion=Decimal(45)))
