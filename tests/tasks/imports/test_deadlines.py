"""What a deadline as written means; what may mean two things is left to a person."""

import datetime as dt

import pytest

from tasks.imports.meaning.deadlines import Deadline, read


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12月底前", (2024, 12, 31)),
        ("6月30日前", (2024, 6, 30)),
        ("2024年底前", (2024, 12, 31)),
        ("年底前", (2024, 12, 31)),
        ("上半年", (2024, 6, 30)),
        ("下半年", (2024, 12, 31)),
        ("第三季度", (2024, 9, 30)),
        ("三季度末", (2024, 9, 30)),
        ("7月上旬", (2024, 7, 10)),
        ("9月下旬", (2024, 9, 30)),
        ("12月", (2024, 12, 31)),
        ("2月底前", (2024, 2, 29)),
        ("十二月三十一日前", (2024, 12, 31)),
        ("１１月底前", (2024, 11, 30)),
        ("2025年1月31日前", (2025, 1, 31)),
        ("次年1月底前", (2025, 1, 31)),
        ("2024.6.30", (2024, 6, 30)),
        ("2024-06", (2024, 6, 30)),
        ("12月31日前完成。", (2024, 12, 31)),
        ("每年", (2024, 12, 31)),
        (" 12 月 底 前 ", (2024, 12, 31)),
    ],
)
def test_a_day_is_read_as_the_last_on_which_it_is_not_late(text, day):
    assert read(text, 2024) == Deadline(dt.date(*day))


@pytest.mark.parametrize(
    ("text", "recurrence", "day"),
    [
        ("每季度末", "quarterly", None),
        ("每季度", "quarterly", None),
        ("每月5日前", "monthly", 5),
        ("每月底前", "monthly", None),
        ("每半年", "half_yearly", None),
        ("每周", "weekly", None),
        ("长期坚持", "ongoing", None),
        ("持续推进", "ongoing", None),
        ("常态化开展", "ongoing", None),
        ("即时", "ongoing", None),
        ("", "ongoing", None),
    ],
)
def test_what_comes_back_or_goes_on_has_no_day(text, recurrence, day):
    assert read(text, 2024) == Deadline(None, recurrence, day)


@pytest.mark.parametrize(
    "text",
    [
        "尽快",
        "国庆节前",
        "7月前",
        "12月中旬前",
        "12月中",
        "2024年前",
        "13月",
        "2月30日",
        "3",
        "12.31",
        "6月底前完成方案，12月底前完成",
        "每季度首月10日前",
        "每月32日前",
        "推进",
        "3月至6月",
        "另行通知",
    ],
)
def test_what_is_not_sure_is_never_guessed(text):
    assert read(text, 2024) is None


def test_the_year_of_the_plan_decides_the_day():
    assert read("2月底前", 2023).due_on == dt.date(2023, 2, 28)
