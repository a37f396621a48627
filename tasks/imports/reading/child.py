"""Reading of tables in the sandbox, with limits on time, memory and output."""

import sys
from dataclasses import replace
from pathlib import Path

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.office import reading

from .files import read
from .source import Source

LIMITS = sandbox.Limits(seconds=120, cpu_seconds=100, memory_bytes=2 * 1024**3, output_bytes=512 * 1024**2)


def read_limited(path, on_progress=lambda percent: None, seconds=LIMITS.seconds):
    """Return the `Source` of the file at `path`, read in the sandbox. Raises `Unreadable`.

    `on_progress` is called with integer percentages while reading.
    """
    limits = replace(LIMITS, seconds=seconds)
    return Source.from_data(reading.ask(__name__, Path(path).absolute(), limits=limits, on_progress=on_progress))


if __name__ == "__main__":
    reading.answer(lambda progress: read(sys.argv[1], progress).as_data())
