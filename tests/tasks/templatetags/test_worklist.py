"""Short dates of the worklist."""

import datetime as dt

import pytest
import time_machine

from tasks.templatetags.worklist import deadline
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db


def test_a_short_date_leaves_out_the_year_of_the_evening_that_is_read_and_not_todays():
    days = dt.date(2024, 12, 31), dt.date(2026, 1, 15)

    with time_machine.travel(on_day(dt.date(2026, 1, 10)), tick=False):
        today = [deadline(day) for day in days]
        with evening(dt.date(2024, 9, 30)):
            then = [deadline(day) for day in days]

    assert today == ["2024-12-31", "1月15日"]
    assert then == ["12月31日", "2026-01-15"]
