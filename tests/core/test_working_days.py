"""Working days follow the State Council's calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wenshang_disclosure.core.working_days import add_working_days, is_working_day, subtract_working_days, unknown_years

DAYS = st.dates(date(2002, 1, 1), date(2032, 12, 31))  # from before the first calendar to years not published yet
NUMBERS = st.integers(0, 60)


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_national_day_of_2024_with_the_two_weekends_that_are_worked_for_it():
    worked = [day.day for day in days(date(2024, 10, 1), date(2024, 10, 14)) if is_working_day(day)]

    assert worked == [8, 9, 10, 11, 12, 14]
    assert is_working_day(date(2024, 9, 29)) is True  # a Sunday


@pytest.mark.parametrize("year", [2003, 2031])
def test_a_year_that_the_calendar_does_not_know_is_monday_to_friday(year):
    new_year = date(year, 1, 1)  # a Wednesday in both

    worked = [day.isoweekday() for day in days(new_year, new_year + timedelta(days=6)) if is_working_day(day)]

    assert worked == [3, 4, 5, 1, 2]


@pytest.mark.parametrize(
    ("day", "number", "then"),
    [
        (date(2024, 9, 30), 1, date(2024, 10, 8)),
        (date(2024, 9, 30), 5, date(2024, 10, 12)),  # a Saturday that is worked
        (date(2024, 9, 27), 1, date(2024, 9, 29)),  # a Sunday that is worked
        (date(2024, 10, 3), 1, date(2024, 10, 8)),  # from within the holiday
        (date(2024, 10, 8), 0, date(2024, 10, 8)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2024, 12, 31), 1, date(2025, 1, 2)),
    ],
)
def test_adding_counts_the_days_after(day, number, then):
    assert add_working_days(day, number) == then


@pytest.mark.parametrize(
    ("day", "number", "then"),
    [
        (date(2024, 10, 8), 1, date(2024, 10, 7)),
        (date(2024, 10, 7), 1, date(2024, 9, 29)),
        (date(2024, 10, 12), 5, date(2024, 10, 7)),
        (date(2024, 9, 30), 3, date(2024, 9, 26)),
        (date(2024, 9, 30), 0, date(2024, 9, 30)),
    ],
)
def test_subtracting_gives_the_latest_day_to_have_begun(day, number, then):
    assert subtract_working_days(day, number) == then


@given(day=DAYS, number=NUMBERS)
@example(day=date(2024, 10, 8), number=3)
@example(day=date(2024, 2, 29), number=1)
@example(day=date(2004, 1, 5), number=9)
def test_subtracting_gives_the_latest_day_from_which_adding_does_not_come_after(day, number):
    found = subtract_working_days(day, number)

    assert add_working_days(found, number) <= day < add_working_days(found + timedelta(days=1), number)


@given(day=DAYS, number=st.integers(1, 60))
def test_what_is_added_is_a_working_day_with_so_many_since(day, number):
    then = add_working_days(day, number)

    assert is_working_day(then)
    assert sum(map(is_working_day, days(day + timedelta(days=1), then))) == number


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2024, 1, 1), date(2025, 12, 31), ""),
        (date(2025, 1, 1), date(2098, 1, 3), None),
        (date(2098, 5, 1), date(2098, 6, 1), "2098年的放假安排尚未收录，工作日暂按周一至周五计算。"),
        (date(2098, 12, 30), date(2099, 1, 3), "2098年、2099年的放假安排尚未收录，工作日暂按周一至周五计算。"),
    ],
)
def test_years_without_a_calendar_are_named(first, last, said):
    assert unknown_years(first, last) == said if said is not None else "2098年" in unknown_years(first, last)
