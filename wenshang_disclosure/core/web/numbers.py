"""Parsing of numbers from requests, and numbers that no record can have."""

from django.db import DataError

MAX_DIGITS = 15  # longer than any database id
OUT_OF_RANGE = "22003"
"""PostgreSQL's code for a number that does not fit its column (numeric_value_out_of_range)."""


def read_number(text, default=None):
    """Return the integer that `text` writes in ASCII digits, `default` for anything else."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else default


def is_too_long(value):
    """Return whether an integer has more digits than `read_number` takes."""
    return isinstance(value, int) and abs(value) >= 10**MAX_DIGITS


def is_out_of_range(error):
    """Return whether an exception says that a number that was sent does not fit into the database."""
    if isinstance(error, OverflowError):
        return "too large to convert to SQLite" in str(error)
    return isinstance(error, DataError) and getattr(error.__cause__, "pgcode", None) == OUT_OF_RANGE
