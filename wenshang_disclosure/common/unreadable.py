"""Why a file cannot be read."""


class Unreadable(Exception):
    """The file is no table that can be read; carries the Chinese sentence that the person reads."""
