"""Reads a file in a process of its own with limits on time and memory, so that no file can hold or fill the server."""

import json
import resource
import subprocess
import sys
import threading

from wenshang_disclosure.core.web.errors import Unreadable

from .files import read
from .source import Source

SECONDS = 120
CPU_SECONDS = 100
MEMORY = 2 * 1024**3  # bytes of address space
TOO_LONG = "读取用时过长，已停止。请检查文件是否过大或已损坏，必要时另存后再导入。"
FAILED = "文件无法读取，可能已损坏。请用 Word 或 Excel 打开后另存一份再导入。"


def read_limited(path, on_progress=lambda percent: None, seconds=SECONDS):
    """Read the file at `path` in a child process; return its `Source`. Raises `Unreadable`.

    `on_progress` is called with whole percents while it goes on.
    """
    command = [sys.executable, "-m", "tasks.imports.reading.child", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:  # noqa: S603
        watch = threading.Timer(seconds, child.kill)
        watch.start()
        try:
            answer = _listen(child, on_progress)
        finally:
            watch.cancel()
            child.kill()
    if answer is None:
        raise Unreadable(FAILED if watch.finished.is_set() and child.returncode != -9 else TOO_LONG)
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"])
    return Source.from_data(answer["source"])


def _listen(child, on_progress):
    for line in child.stdout:
        message = json.loads(line)
        if "percent" not in message:
            return message
        on_progress(message["percent"])
    return None


def _say(**message):
    print(json.dumps(message, ensure_ascii=True), flush=True)  # noqa: T201, the parent listens


def main(path):
    """Read, and say what came of it, a line of JSON each."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        source = read(path, progress=lambda done, of: _say(percent=min(99, done * 100 // max(of, 1))))
    except Unreadable as reason:
        _say(unreadable=str(reason))
    except MemoryError:
        _say(unreadable="文件内容过多，超过了可读取的大小。请分开导入。")
    except (
        Exception
    ):  # a parser gave up on a damaged file in a way of its own; the person is told, nothing is half read
        _say(unreadable=FAILED)
    else:
        _say(source=source.as_data())


if __name__ == "__main__":
    main(sys.argv[1])
