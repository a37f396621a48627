"""Reading of 填报表 in the sandbox, with limits on time, memory and output."""

import io
import shutil
import sys
import tempfile

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.office import reading

from .reading import read

LIMITS = sandbox.Limits(seconds=45, cpu_seconds=40, memory_bytes=1024**3, output_bytes=64 * 1024**2)


def read_limited(file):
    """Return what an open 填报表 says as plain data, read in the sandbox. Raises `Unreadable`."""
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        return reading.ask(__name__, limits=LIMITS, stdin=copy)


if __name__ == "__main__":
    reading.answer(lambda progress: read(io.BytesIO(sys.stdin.buffer.read())).as_data())
