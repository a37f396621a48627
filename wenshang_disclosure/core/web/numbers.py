"""Parsing of numbers from requests."""

MAX_DIGITS = 15  # longer than any database id


def read_number(text, default=None):
    """Return the integer that `text` writes in ASCII digits, `default` for anything else."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else default
