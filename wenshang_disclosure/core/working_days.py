"""Working days by the State Council's holiday calendar; Monday to Friday in years not yet published."""

from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5


def is_working_day(day):
    """Return whether `day` is a working day."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:  # each year's calendar is published at the end of the year before
        return day.weekday() < SATURDAY


def unknown_years(first, last):
    """Return the sentence that names the years between two days whose holidays are not known; empty if all are."""
    years = [f"{year}年" for year in range(first.year, last.year + 1) if not _is_known(year)]
    return f"{'、'.join(years)}的放假安排尚未收录，工作日暂按周一至周五计算。" if years else ""


def _is_known(year):
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def add_working_days(day, number):
    """Return the day `number` working days after `day`, not counting `day` itself."""
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
