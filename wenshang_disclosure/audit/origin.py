"""From where something is asked: kept for the length of a request, so that no service has to pass it on."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Origin:
    """The address, the number of the request, and who is signed in there; all empty for a command."""

    address: str = ""
    request: str = ""
    user: Any = None


NOWHERE = Origin()
_current = ContextVar("origin", default=NOWHERE)


def current():
    """Return where the present act comes from."""
    return _current.get()


@contextmanager
def coming_from(**where):
    """Within the block, acts come from there. Takes the fields of `Origin`."""
    token = _current.set(Origin(**where))
    try:
        yield
    finally:
        _current.reset(token)
