"""Chinese numerals as they stand in tables, deadlines, headings and the search box."""

import pytest

from wenshang_disclosure.core import numerals


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("一", 1),
        ("两", 2),
        ("〇", 0),
        ("零", 0),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("三十一", 31),
        ("百", 100),
        ("一百零五", 105),
        ("一百一十", 110),
        ("九百九十九", 999),
        ("一五", 15),
        ("二〇二四", 2024),
        ("二零二四", 2024),
    ],
)
def test_a_numeral_is_read(numeral, number):
    assert numerals.read(numeral) == number


@pytest.mark.parametrize("text", ["", "十十", "百百", "十百", "一二十", "十二三", "千", "12", "甲", "甲十", "第一"])
def test_what_is_no_numeral_is_not_read(text):
    assert numerals.read(text) is None


@pytest.mark.parametrize("number", range(1, 100))
def test_what_is_written_is_read_again(number):
    assert numerals.read(numerals.write(number)) == number


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (0, "0"), (100, "100"), (-1, "-1")],
)
def test_a_number_is_written_as_headings_have_it(number, written):
    assert numerals.write(number) == written


def test_full_width_digits_and_signs_become_narrow():
    assert numerals.narrow("２０２４．６－３０／（１）月") == "2024.6-30/(1)月"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("一、公开", 0),
        ("十二 、公开", 0),
        ("一．公开", 0),
        ("第三部分 公开", 0),
        ("第2章", 0),
        ("（一）公开", 1),
        ("(十二) 公开", 1),
        ("1. 公开", 2),
        ("12、公开", 2),
        ("1.5倍", None),
        ("（1）公开", 3),
        ("(12)公开", 3),
        ("公开", None),
        ("2024年公开", None),
        ("", None),
    ],
)
def test_the_level_of_a_heading_is_told_by_its_number(text, level):
    assert numerals.heading_level(text) == level


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("一、公开", "公开"),
        ("（十二）公开", "公开"),
        ("公开一、二", "公开一、二"),
        ("1. 公开", "1. 公开"),
        ("一（二）", "一（二）"),
    ],
)
def test_a_heading_is_told_without_its_number(heading, name):
    assert numerals.without_number(heading) == name
