"""`migrate` is killed at random moments on an empty database, and run again."""

import os
import random
import signal
import subprocess
import sys
import time

from tests.bench.server import ROOT, Installation


def run(place, *, seconds):
    """Return `(line, what is wrong)`."""
    chance, wrong, killed = random.Random(4), [], 0
    empty = Installation(*place.empty())
    for _ in range(3 if seconds < 10 else 8):
        killed += _migrate_until(empty, chance.uniform(1, 6))
    if _migrate_until(empty, 300):
        wrong.append("migrating did not end")
    for words in (("migrate", "--check"), ("makemigrations", "--check", "--dry-run"), ("load_units",)):
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=empty.environment, capture_output=True, check=False
        )
        if done.returncode:
            wrong.append(f"{' '.join(words)}: {done.stderr.decode()[-500:]}")
    unguarded = empty.child("tests.faults.guards").strip()
    if unguarded:
        wrong.append(f"append-only tables without their triggers: {unguarded}")
    return f"{killed} times killed while migrating, then run to its end", wrong


def _migrate_until(empty, seconds):
    """Migrate, and kill it after so many seconds; tell whether it had to be."""
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    running = subprocess.Popen(command, cwd=ROOT, env=empty.environment)
    ends = time.monotonic() + seconds
    while running.poll() is None and time.monotonic() < ends:
        time.sleep(0.05)
    if running.poll() is not None:
        return False
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    return True
