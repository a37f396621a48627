"""Conversion of days to moments in Asia/Shanghai, and parsing of `?as_of=`."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def day_end(day):
    """Return the first moment after `day` in Asia/Shanghai, as an exclusive upper bound."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def day_start(day):
    """Return the first moment of `day` in Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min))


def on_day(day, hour=12, minute=0):
    """Return `day` at that time in Asia/Shanghai, as an aware datetime."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


EARLIEST = date(1949, 10, 1)


class BadDay(ValueError):
    """An invalid `as_of`; holds the Chinese sentence to show beside the field."""


def read_as_of(text):
    """Return the day of `?as_of=` (YYYY-MM-DD), today if it is empty.

    Raises `BadDay` for anything else, for days before 1949-10-01 and for days after today.
    """
    if not text:
        return timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadDay("请按“2024-09-30”的格式填写截至日期。") from None
    if day < EARLIEST:
        raise BadDay("截至日期过早，请重新填写。")
    if day > timezone.localdate():
        raise BadDay("截至日期不能晚于今天。")
    return day
