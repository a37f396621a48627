"""Working days by the State Council's calendar; Monday to Friday in years that the library does not know yet."""

from datetime import timedelta

import chinese_calendar

SATURDAY = 5


def is_working_day(day):
    """Return whether offices work on that day."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:  # the calendar of a year is published at the end of the year before
        return day.weekday() < SATURDAY


def add_working_days(day, number):
    """Return the day on which `number` working days after `day` have passed; `day` itself does not count."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def subtract_working_days(day, number):
    """Return the latest day after which `number` working days have passed by the evening of `day`."""
    while number > 0:
        number -= is_working_day(day)
        day -= timedelta(days=1)
    return day
