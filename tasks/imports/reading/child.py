"""Reading of tables in the sandbox, with limits on time, memory and output."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.web.errors import Unreadable

from .files import read
from .source import Source

LIMITS = sandbox.Limits(seconds=120, cpu_seconds=100, memory_bytes=2 * 1024**3, output_bytes=512 * 1024**2)
TOO_LONG = "读取用时过长，已停止。请检查文件是否过大或已损坏，必要时另存后再导入。"
FAILED = "文件无法读取，可能已损坏。请用 Word 或 Excel 打开后另存一份再导入。"


def read_limited(path, on_progress=lambda percent: None, seconds=LIMITS.seconds):
    """Return the `Source` of the file at `path`, read in the sandbox. Raises `Unreadable`.

    `on_progress` is called with integer percentages while reading.
    """
    answer = {}

    def take(line):
        message = json.loads(line)
        if "percent" in message:
            on_progress(message["percent"])
        else:
            answer.update(message)

    try:
        sandbox.run_module(__name__, Path(path).absolute(), limits=replace(LIMITS, seconds=seconds), on_line=take)
    except sandbox.OutOfTime as fault:
        raise Unreadable(TOO_LONG) from fault
    except sandbox.Failed as fault:
        raise Unreadable(FAILED) from fault
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"])
    return Source.from_data(answer["source"])


def _print_message(**message):
    print(json.dumps(message, ensure_ascii=True), flush=True)  # noqa: T201, the parent listens


def main(path):
    """Read the file at `path` and print progress and result, each as a line of JSON."""
    try:
        source = read(path, progress=lambda done, of: _print_message(percent=min(99, done * 100 // max(of, 1))))
    except Unreadable as reason:
        _print_message(unreadable=str(reason))
    except MemoryError:
        _print_message(unreadable="文件内容过多，超过了可读取的大小。请分开导入。")
    except Exception:  # parsers raise exceptions of many kinds on damaged files
        _print_message(unreadable=FAILED)
    else:
        _print_message(source=source.as_data())


if __name__ == "__main__":
    main(sys.argv[1])
