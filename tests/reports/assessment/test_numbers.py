"""What a rubric may say, and how it is kept."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.assessment import RubricValues, numbers


def changed(**values):
    return replace(RubricValues(), **{name: Decimal(value) for name, value in values.items()})


def test_the_default_is_fine_and_as_the_issue_says():
    current = RubricValues()

    assert numbers.problems(current) == {}
    weights = (current.completion, current.timeliness, current.quality, current.conduct)
    assert weights == (50, 20, 20, 10)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"completion": "49"}, {None: "四项分值合计应为100分，现为99分。"}),
        ({"completion": "50.5"}, {None: "四项分值合计应为100分，现为100.5分。"}),
        ({"completion": "0", "quality": "70"}, {}),
        ({"completion": "-10", "quality": "80"}, {"completion": "“办结情况”应在0至100之间。"}),
        ({"good": "101"}, {"good": "“良”应在0至100之间。"}),
        ({"good": "50"}, {"good": "优、良、一般、较差的折算分应依次不高于前一档。"}),
        ({"unrated": "20"}, {"unrated": "“未评价”的折算分应在“较差”和“优”之间。"}),
        ({"good": "100", "fair": "100", "poor": "100", "unrated": "100"}, {}),
        ({"per_return": "10.01"}, {"per_return": "“每退回1次扣”应在0至10之间。"}),
        ({"per_return": "0", "per_chase": "0", "per_supervision": "10"}, {}),
        ({"most_extra": "20.5"}, {"most_extra": "“最多加”应在0至20之间。"}),
    ],
)
def test_what_is_wrong_is_named(values, wrong):
    assert numbers.problems(changed(**values)) == wrong


def test_every_number_has_a_field():
    assert sorted(field.name for field in numbers.FIELDS) == sorted(RubricValues().as_data())


def test_what_is_kept_reads_back_exactly():
    odd = changed(completion="49.75", timeliness="20.25", per_return="0.05")

    assert RubricValues.from_data(odd.as_data()) == odd


def test_what_is_not_known_stands_as_by_default():
    assert RubricValues.from_data({"completion": "40", "of_another_year": "3"}) == changed(completion="40")


def test_the_mark_tells_numbers_apart_and_not_how_they_are_written():
    assert changed(completion="50.00").mark == RubricValues().mark
    assert changed(completion="5").mark != RubricValues().mark
