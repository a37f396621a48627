"""Conversion of days to moments in Asia/Shanghai."""

import datetime as dt

import pytest
import time_machine

from wenshang_disclosure.core.dates import BadDay, day_end, on_day, read_as_of


def test_a_day_ends_at_midnight_in_shanghai():
    assert day_end(dt.date(2024, 12, 31)) == dt.datetime(2024, 12, 31, 16, tzinfo=dt.UTC)


def test_an_hour_of_a_day_is_that_hour_in_shanghai():
    assert on_day(dt.date(2024, 9, 30), 9, 30) == dt.datetime(2024, 9, 30, 1, 30, tzinfo=dt.UTC)


@time_machine.travel(dt.datetime(2024, 12, 31, 17, tzinfo=dt.UTC), tick=False)
def test_today_is_the_day_in_shanghai():
    assert read_as_of("") == dt.date(2025, 1, 1)


@pytest.mark.parametrize("text", ["garbage", "2024-02-30", "30.9.2024", "2024-9-30x", "2999-01-01"])
def test_a_day_that_cannot_be_told_of_is_refused(text):
    with pytest.raises(BadDay):
        read_as_of(text)
