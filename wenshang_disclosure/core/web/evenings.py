"""Pages and files of the evening that `?as_of=` names."""

from functools import wraps

from wenshang_disclosure.core.dates import BadDay, read_as_of
from wenshang_disclosure.core.evenings import evening


def on_evening(view):
    """Let a view that is only read show the tables as on the evening of `?as_of=`, also while its answer is streamed.

    An invalid day is left to the view, which refuses it.
    """

    @wraps(view)
    def _view(request, *args, **kwargs):
        day = day_of(request.GET)
        with evening(day):
            response = view(request, *args, **kwargs)
        if getattr(response, "streaming", False):
            response.streaming_content = _streamed(day, response.streaming_content)
        return response

    return _view


def day_of(query):
    """Return the day of `?as_of=` in `query`, `None` for an invalid one."""
    try:
        return read_as_of(query.get("as_of"))
    except BadDay:
        return None


def _streamed(day, pieces):
    """Yield the chunks of a streamed response, each made on that evening."""
    pieces = iter(pieces)
    while True:
        with evening(day):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece
