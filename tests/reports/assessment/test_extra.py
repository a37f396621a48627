"""典型经验: extra points a case, up to the cap."""

from decimal import Decimal

import pytest

from reports.assessment import RubricValues, UnitFacts, extra


@pytest.mark.parametrize(
    ("cases", "per_case", "cap", "points", "reason"),
    [
        (0, 1, 5, "0.00", "没有典型经验，不加分"),
        (1, 1, 5, "1.00", "典型经验1件，每件加1分，加1分"),
        (5, 1, 5, "5.00", "典型经验5件，每件加1分，加5分"),
        (6, 1, 5, "5.00", "典型经验6件，每件加1分，最多加5分，加5分"),
        (3, "0.75", 2, "2.00", "典型经验3件，每件加0.75分，最多加2分，加2分"),
        (2, 0, 5, "0.00", "典型经验2件，每件加0分，加0分"),
        (2, 1, 0, "0.00", "典型经验2件，每件加1分，最多加0分，加0分"),
    ],
)
def test_points_and_reason(cases, per_case, cap, points, reason):
    numbers = RubricValues(per_case=Decimal(per_case), most_extra=Decimal(cap))

    part = extra.score(UnitFacts(owed=1, exemplary=cases), numbers)

    assert (part.points, part.out_of, part.reason) == (Decimal(points), Decimal(cap), reason)


def test_the_rule_names_its_cap():
    assert "每件加1分，最多加5分" in extra.explained(RubricValues())
