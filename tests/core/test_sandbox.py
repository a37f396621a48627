"""What reads foreign files ends within its limits, takes nothing along, and leaves nothing behind."""

import os
import platform
import sys
import tempfile
import time
from pathlib import Path

import pytest

from wenshang_disclosure.core import no_network, sandbox

ENOUGH = sandbox.Limits(seconds=20, cpu_seconds=10, memory_bytes=1024**3)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return a function that makes a module of these lines, and its name."""
    monkeypatch.setattr(sandbox, "ROOT", f"{sandbox.ROOT}{os.pathsep}{tmp_path}")

    def make(*lines):
        (tmp_path / "played.py").write_text("\n".join(lines))
        return "played"

    return make


def lines_of(module, *arguments, limits=ENOUGH, stdin=None):
    lines = []
    sandbox.run_module(module, *arguments, limits=limits, on_line=lines.append, stdin=stdin)
    return lines


def has_ended(number):
    """Return whether a process is gone, or only waits to be collected."""
    try:
        return Path(f"/proc/{number}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True


def test_lines_are_passed_on_in_order_as_text(module):
    name = module("import sys", "print('甲', sys.argv[1:])", "print(sys.stdin.read())")

    with tempfile.TemporaryFile() as file:
        file.write("乙".encode())
        file.seek(0)
        lines = lines_of(name, "a", 2, stdin=file)

    assert lines == ["甲 ['a', '2']", "乙"]


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("import time; time.sleep(30)", sandbox.Limits(seconds=0.5)),
        ("while True: pass", sandbox.Limits(seconds=20, cpu_seconds=1)),
    ],
    ids=["time", "processor"],
)
def test_what_takes_too_long_is_ended(module, line, limits):
    started = time.monotonic()

    with pytest.raises(sandbox.OutOfTime):
        lines_of(module(line), limits=limits)

    assert time.monotonic() - started < 10


@pytest.mark.parametrize("line", ["raise SystemExit(3)", "bytearray(2 * 1024**3)", "print('x' * 2_000_000)"])
def test_a_fault_too_much_memory_and_too_much_output_are_failures(module, line):
    with pytest.raises(sandbox.Failed) as failure:
        lines_of(module(line))

    assert failure.type is sandbox.Failed


def test_the_folder_of_its_own_goes_and_no_secret_is_passed_on(module, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    name = module(
        "import os, tempfile",
        "open(os.path.join(tempfile.gettempdir(), 'left'), 'w').close()",
        "print(tempfile.gettempdir())",
        "print(sorted(os.environ))",
    )

    folder, names = lines_of(name)

    assert not Path(folder).exists()
    assert "SECRET_KEY" not in names
    assert "DJANGO_SETTINGS_MODULE" not in names


def test_what_a_process_started_ends_with_it(module):
    """As LibreOffice does, which is a program behind a script."""
    name = module(
        "import subprocess, sys, time",
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])",
        "print(child.pid, flush=True)",
        "time.sleep(60)",
    )
    seen = []

    with pytest.raises(sandbox.OutOfTime):
        sandbox.run_module(name, limits=sandbox.Limits(seconds=2), on_line=seen.append)

    time.sleep(0.2)
    assert has_ended(int(seen[0]))


def test_a_caller_that_fails_ends_the_process(module):
    name = module("import os, time", "print(os.getpid(), flush=True)", "time.sleep(60)")
    seen = []

    def fail(line):
        seen.append(int(line))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        sandbox.run_module(name, limits=ENOUGH, on_line=fail)

    assert has_ended(seen[0])


def test_another_program_runs_in_the_folder_it_is_given(tmp_path):
    command = [sys.executable, "-c", "open('made', 'w').close()"]

    sandbox.run_command(command, limits=ENOUGH, folder=tmp_path)

    assert (tmp_path / "made").exists()


@pytest.mark.skipif(platform.machine() not in no_network.MACHINES, reason="no filter for this machine")
def test_neither_a_module_nor_what_it_starts_reaches_the_network(module):
    attempt = (
        "import socket",
        "for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET):",
        "    try: socket.socket(family, socket.SOCK_RAW); print('open')",
        "    except PermissionError: print('refused')",
        "socket.socket(socket.AF_UNIX).close()",
    )
    name = module(
        *attempt, "import subprocess, sys", f"subprocess.run([sys.executable, '-c', {chr(10).join(attempt)!r}])"
    )

    assert lines_of(name) == ["refused"] * 8
