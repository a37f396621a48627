"""Numbers that come from outside as text."""

LONGEST_NUMBER = 15  # digits; what is longer is no id of any database


def read_number(text, default=None):
    """Return the whole number that `text` writes in ASCII digits, `default` for anything else."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else default
