"""Reading of office files in the sandbox: `ask` in the server's process, `answer` in the one that reads."""

import json

from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.web.errors import Unreadable

TOO_LONG = "读取用时过长，已停止。请检查文件是否过大或已损坏，必要时另存后再导入。"
TOO_MUCH = "文件内容过多，超过了可读取的大小。请分开导入。"
FAILED = "文件无法读取，可能已损坏。请用 Word 或 Excel 打开后另存一份再导入。"


def ask(module, *arguments, limits, stdin=None, on_progress=lambda percent: None):
    """Return what `module` answers, run as a program in the sandbox. Raises `Unreadable`.

    `on_progress` is called with integer percentages while it reads.
    """
    said = {}

    def take(line):
        message = json.loads(line)
        if "percent" in message:
            on_progress(message["percent"])
        else:
            said.update(message)

    try:
        sandbox.run_module(module, *arguments, limits=limits, on_line=take, stdin=stdin)
    except sandbox.OutOfTime as fault:
        raise Unreadable(TOO_LONG) from fault
    except sandbox.Failed as fault:
        raise Unreadable(FAILED) from fault
    if "unreadable" in said:
        raise Unreadable(said["unreadable"])
    return said["content"]


def answer(read):
    """Print progress and result of `read(progress)`, or why the file cannot be read, each as a line of JSON."""
    try:
        content = read(lambda done, of: _print_message(percent=min(99, done * 100 // max(of, 1))))
    except Unreadable as reason:
        _print_message(unreadable=str(reason))
    except MemoryError:
        _print_message(unreadable=TOO_MUCH)
    except Exception:  # parsers raise exceptions of many kinds on damaged files
        _print_message(unreadable=FAILED)
    else:
        _print_message(content=content)


def _print_message(**message):
    print(json.dumps(message, ensure_ascii=True), flush=True)  # noqa: T201, the parent listens
