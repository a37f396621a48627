"""Sandbox for reading untrusted files: a subprocess without network, with limits on time, memory and output, and a
temporary folder.

`run_module` runs a module of this product, `run_command` another program. A process started inside a sandbox stays in
the process group of the outermost one and is killed with it.
"""

import contextlib
import os
import resource
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from .no_network import refuse_network

ROOT = Path(__file__).resolve().parents[2]
INSIDE = "INSIDE_SANDBOX"
PASSED_ON = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TZ", INSIDE)
"""Environment variables passed to the subprocess; none of them holds a secret."""
KILLED = (-signal.SIGKILL, -signal.SIGXCPU)
COMMAND = "-"  # instead of the name of a module: another program follows
NO_PROXY_ANSWERS = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "all_proxy"), "http://127.0.0.1:1")
"""A proxy that nobody is, for systems whose kernel cannot refuse the network."""


@dataclass(frozen=True)
class Limits:
    """Limits of a subprocess; `None` inherits the limit of the parent process."""

    seconds: float
    cpu_seconds: int | None = None
    memory_bytes: int | None = None
    output_bytes: int = 1024 * 1024


class Failed(Exception):
    """The subprocess failed, or printed more than allowed."""


class OutOfTime(Failed):
    """The subprocess took too long, or was killed for exceeding a limit."""


def run_module(module, *arguments, limits, on_line, stdin=None):
    """Run a module as a program and call `on_line` with each line it prints. Raises `OutOfTime` or `Failed`.

    `stdin` is an open file with a file descriptor. Paths in `arguments` have to be absolute.
    """
    with _folder() as folder:
        _run([module, *map(str, arguments)], folder, limits, on_line, stdin)


def run_command(command, *, limits, folder):
    """Run another program in `folder` and discard its output. Raises `OutOfTime` or `Failed`."""
    _run([COMMAND, *command], folder, limits, None, None)


def _folder():
    return tempfile.TemporaryDirectory(prefix="sandbox-", ignore_cleanup_errors=True)


def _run(words, folder, limits, on_line, stdin):
    is_outermost = INSIDE not in os.environ
    numbers = [str(limit or 0) for limit in (limits.cpu_seconds, limits.memory_bytes)]
    command = [sys.executable, "-m", __name__, *numbers, *words]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT), INSIDE: "1"}
    environment |= NO_PROXY_ANSWERS
    output = subprocess.PIPE if on_line else subprocess.DEVNULL
    how = {"stdin": stdin or subprocess.DEVNULL, "stdout": output, "stderr": subprocess.DEVNULL}
    how |= {"cwd": folder, "env": environment, "start_new_session": is_outermost}
    with subprocess.Popen(command, **how) as process:  # noqa: S603, the command is built from constants and paths
        has_expired = threading.Event()
        watch = threading.Timer(limits.seconds, _expire, (process, is_outermost, has_expired))
        watch.start()
        try:
            if on_line:
                _pass_lines(process.stdout, limits.output_bytes, on_line)
            process.wait()
        finally:
            watch.cancel()
            _kill(process, is_outermost)
    if has_expired.is_set() or process.returncode in KILLED:
        raise OutOfTime
    if process.returncode:
        raise Failed


def _expire(process, is_outermost, has_expired):
    has_expired.set()
    _kill(process, is_outermost)


def _kill(process, is_outermost):
    with contextlib.suppress(ProcessLookupError):
        if is_outermost:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _pass_lines(output, max_bytes, on_line):
    left = max_bytes
    while line := output.readline(left + 1):
        left -= len(line)
        if left < 0:
            raise Failed
        on_line(line.decode("utf-8").removesuffix("\n"))


def main(cpu_seconds, memory_bytes, module, *arguments):
    """Refuse the network, set the limits, and run the module or another program in this process."""
    refuse_network()
    for limit, value in ((resource.RLIMIT_CPU, int(cpu_seconds)), (resource.RLIMIT_AS, int(memory_bytes))):
        if value:
            resource.setrlimit(limit, (value, value))
    if module == COMMAND:
        os.execvp(arguments[0], arguments)  # noqa: S606, no shell
    sys.stdout.reconfigure(encoding="utf-8")
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
