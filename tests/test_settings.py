"""A wrong value in the environment stops the start, with a message that says which."""

import os
import subprocess
import sys

import pytest

GOOD = {"SECRET_KEY": "k" * 60, "DEBUG": "0"}


def start(tmp_path, **environment):
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    command = [sys.executable, "-c", "import wenshang_disclosure.settings"]
    return subprocess.run(
        command,
        env={**keep, "DATA_DIR": str(tmp_path), **GOOD, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_good_values_start(tmp_path):
    assert start(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("SESSION_IDLE_MINUTES", "1"),
        ("EVIDENCE_MAX_MB", "0"),
        ("DATA_DIR", "/proc/nowhere"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(tmp_path, name, value):
    done = start(tmp_path, **{name: value})

    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]
