"""How far a long piece of work is: whoever does it counts, and whoever started it may listen."""

from contextlib import contextmanager
from contextvars import ContextVar

_listener = ContextVar("listener to progress", default=None)


@contextmanager
def told_to(listener):
    """Tell `listener` within the block; it has `expect(number)` and `advance(number)`."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def expect(number):
    """Say how much there is to do."""
    if listener := _listener.get():
        listener.expect(number)


def advance(number=1):
    """Say that so much more is done; costs nothing where nobody listens. The listener may raise to end the work."""
    if listener := _listener.get():
        listener.advance(number)
