"""按时情况: of what is 办结 or overdue, the share in time."""

from decimal import Decimal

import pytest

from reports.assessment import RubricValues, UnitFacts, timeliness


@pytest.mark.parametrize(
    ("done", "in_time", "overdue", "points", "reason"),
    [
        (48, 45, 3, "17.65", "办结48件、逾期未办结3件，其中按时办结45件，按时率88.2%，得17.65分"),
        (48, 48, 0, "20.00", "办结48件、逾期未办结0件，其中按时办结48件，按时率100.0%，得20分"),
        (2, 0, 0, "0.00", "办结2件、逾期未办结0件，其中按时办结0件，按时率0.0%，得0分"),
        (0, 0, 5, "0.00", "办结0件、逾期未办结5件，其中按时办结0件，按时率0.0%，得0分"),
        (0, 0, 0, "20.00", "没有办结或逾期的事项，不扣分，得20分"),
        (32, 1, 0, "0.63", "办结32件、逾期未办结0件，其中按时办结1件，按时率3.1%，得0.63分"),  # 0.625
    ],
)
def test_points_and_reason(done, in_time, overdue, points, reason):
    unit = UnitFacts(owed=60, done=done, done_in_time=in_time, overdue=overdue)

    part = timeliness.score(unit, RubricValues())

    assert (part.points, part.out_of, part.reason) == (Decimal(points), Decimal(20), reason)


def test_the_rule_names_its_weight():
    assert timeliness.explained(RubricValues(timeliness=Decimal(25))).count("25分") == 2
