"""Days in Asia/Shanghai, and the `?as_of=` that a page was asked for."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def day_end(day):
    """Return the first moment after `day` in Asia/Shanghai, so that `moment < day_end(day)` means on or
    before `day`.
    """
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def day_start(day):
    """Return the first moment of `day` in Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min))


def on_day(day, hour=12, minute=0):
    """Return the moment of `day` at that hour in Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


EARLIEST = date(1949, 10, 1)


class BadDay(ValueError):
    """An `as_of` that no figure can be given for; carries the sentence to show beside the field."""


def read_as_of(text):
    """Read `?as_of=`: a day as YYYY-MM-DD, today where there is none.

    Raises `BadDay` for anything else, and for a day after today, of which nothing can be known.
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
