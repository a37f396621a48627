"""The kinds of background work, by name: who does it, and which page shows it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.module_loading import import_string

KINDS = {}


class Kind(NamedTuple):
    """A kind of work. `does` is the dotted path of a function that takes a `Job` and returns a `Result` or `None`,
    `page` the name of the address that shows a job by its id.

    The function may be called again for the same job, after it was cut off.
    """

    does: str
    page: str


@dataclass
class Result:
    """A file that a job made. `rights` is what its reader's rights were then, in a form of the kind's own; `note` is
    what its reader has to know of it.
    """

    content: Any
    """An open file; it is closed once it is kept."""
    name: str
    content_type: str
    rights: str = ""
    note: str = ""


def register(name, does, *, page):
    """Make a kind of work known."""
    KINDS[name] = Kind(does, page)


def do(job):
    """Do the work of `job`; return its `Result`, or `None` where it leaves no file."""
    return import_string(KINDS[job.kind].does)(job)
