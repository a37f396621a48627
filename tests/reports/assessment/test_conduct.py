"""退回和催办: deductions, down to nothing."""

from decimal import Decimal

import pytest

from reports.assessment import RubricValues, UnitFacts, conduct


@pytest.mark.parametrize(
    ("returned", "chased", "supervised", "points", "reason"),
    [
        (0, 0, 0, "10.00", "没有退回、催办和督办，不扣分，得10分"),
        (3, 0, 0, "8.50", "退回报告3次扣1.5分，得8.5分"),
        (0, 1, 0, "9.00", "催办1次扣1分，得9分"),
        (3, 2, 1, "4.50", "退回报告3次扣1.5分，催办2次扣2分，督办1次扣2分，合计扣5.5分，得4.5分"),
        (0, 0, 5, "0.00", "督办5次扣10分，得0分"),
        (1, 0, 5, "0.00", "退回报告1次扣0.5分，督办5次扣10分，合计扣10.5分，扣完为止，得0分"),
        (0, 40, 0, "0.00", "催办40次扣40分，扣完为止，得0分"),
    ],
)
def test_points_and_reason(returned, chased, supervised, points, reason):
    unit = UnitFacts(owed=1, returned=returned, chased=chased, supervised=supervised)

    part = conduct.score(unit, RubricValues())

    assert (part.points, part.out_of, part.reason) == (Decimal(points), Decimal(10), reason)


def test_the_rule_names_its_deductions():
    said = conduct.explained(RubricValues(per_return=Decimal("0.25")))

    assert "退回1次扣0.25分，每收到1次催办扣1分、督办扣2分" in said
