"""Origin of the current request, held in a context variable so that services need not pass it on."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Origin:
    """Client address, request id and user; all empty in commands."""

    address: str = ""
    request: str = ""
    user: Any = None


NOWHERE = Origin()
_current = ContextVar("origin", default=NOWHERE)


def current():
    """Return the current `Origin`."""
    return _current.get()


@contextmanager
def coming_from(**where):
    """Set the origin within the block; takes the fields of `Origin`."""
    token = _current.set(Origin(**where))
    try:
        yield
    finally:
        _current.reset(token)
