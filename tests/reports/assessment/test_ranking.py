"""Ranks: departments and townships apart, equal totals share a rank; two rubrics side by side."""

from decimal import Decimal

import pytest

from departments.choices import UnitKind
from reports.assessment import RubricValues, UnitFacts, compared, ranked
from reports.choices import Group
from tasks.choices import Quality

ALL = {Quality.EXCELLENT: 1}


def unit(number, done, kind=UnitKind.DEPARTMENT, order=0, **facts):
    about = {"owed": 10, "done_in_time": done, "ratings": ALL, **facts}
    return UnitFacts(unit=number, name=f"单位{number}", kind=kind, order=order, done=done, **about)


def ranks(scores):
    return [(score.unit_id, score.rank) for score in scores]


def test_equal_totals_share_a_rank_and_the_next_counts_on():
    scores = ranked([unit(1, 5), unit(2, 8), unit(3, 8), unit(4, 10), unit(5, 8)], RubricValues())

    assert ranks(scores) == [(4, 1), (2, 2), (3, 2), (5, 2), (1, 5)]


def test_among_equals_the_countys_order_decides_who_is_named_first():
    scores = ranked([unit(1, 8, order=9), unit(2, 8, order=3), unit(3, 8, order=9)], RubricValues())

    assert ranks(scores) == [(2, 1), (1, 1), (3, 1)]


@pytest.mark.parametrize("kind", UnitKind)
def test_each_kind_is_ranked_in_its_group(kind):
    rural = kind in (UnitKind.TOWN, UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT)

    assert unit(1, 5, kind).group == (Group.TOWNSHIPS if rural else Group.DEPARTMENTS)


def test_departments_and_townships_are_ranked_apart():
    scores = ranked(
        [unit(1, 5, UnitKind.TOWN), unit(2, 8), unit(3, 9, UnitKind.SUBDISTRICT), unit(4, 2)], RubricValues()
    )

    assert ranks(scores) == [(2, 1), (4, 2), (3, 1), (1, 2)]


def test_the_total_is_the_sum_of_the_parts_shown():
    (score,) = ranked([unit(1, 1, owed=3, returned=1, exemplary=2)], RubricValues())

    assert [str(part.points) for part in score.parts.values()] == ["16.67", "20.00", "20.00", "9.50", "2.00"]
    assert score.total == Decimal("68.17")


def test_nobody_gives_no_ranks():
    assert ranked([], RubricValues()) == []


def test_two_rubrics_side_by_side():
    diligent = unit(1, 10, ratings={Quality.POOR: 1})
    careful = unit(2, 8)
    tried = RubricValues(completion=Decimal(10), quality=Decimal(60))

    effects = compared([diligent, careful], RubricValues(), tried)

    told = [(one.after.unit_id, one.before.rank, one.after.rank, one.places, one.more) for one in effects]
    assert told == [(2, 1, 1, 0, Decimal("8.00")), (1, 2, 2, 0, Decimal("-28.00"))]


def test_who_overtakes_rises_and_the_other_falls():
    diligent, careful = unit(1, 10, ratings={Quality.FAIR: 1}), unit(2, 8)
    before = RubricValues(completion=Decimal(60), quality=Decimal(10))
    after = RubricValues(completion=Decimal(30), quality=Decimal(40))

    effects = compared([diligent, careful], before, after)

    assert [(one.after.unit_id, one.places, one.places_lost) for one in effects] == [(2, 1, -1), (1, -1, 1)]


def test_the_same_rubric_changes_nothing():
    effects = compared([unit(1, 10), unit(2, 8)], RubricValues(), RubricValues())

    assert [(one.more, one.places) for one in effects] == [(0, 0), (0, 0)]
