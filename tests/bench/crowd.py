"""How many people one machine serves: `python -m tests.bench.crowd`, on a PostgreSQL filled to size S.

Each of many signed-in people opens the pages of a working day one after the other, without a pause, for some seconds.
The figures of docs/scaling.md come from here; server, database and crowd share the machine, so they are a lower bound.
"""

import argparse
import itertools
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path

from .__main__ import databases
from .server import Installation

OFFICE = ("/worklist/", "/dashboard/", "/assignments/?sort=due_on", "/reviews/", "/overdue/", "/tasks/")
LIAISON = ("/assignments/", "/assignments/{duty}/", "/assignments/{duty}/report/", "/notifications/", "/dashboard/")


def crowd(installation, duty, people, seconds):
    """Return `(requests a second, median ms, p95 ms)` of so many people who never pause; one in eight is the
    office's.
    """
    visitors = [_signed_in(installation, place) for place in range(people)]
    taken, ends = [], time.monotonic() + seconds

    def works(visitor, paths):
        for path in itertools.cycle(paths):
            begun = time.monotonic()
            if begun > ends:
                return
            visitor.get(path.format(duty=duty))
            taken.append((time.monotonic() - begun) * 1000)

    threads = [threading.Thread(target=works, args=each) for each in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(taken) / seconds, statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def _signed_in(installation, place):
    if place % 8 == 0:
        return installation.sign_in("load-office"), OFFICE
    return installation.sign_in("load-liaison"), LIAISON


def megabytes_a_worker(server):
    """Return the memory of each worker that it shares with no other, the mean of all."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    own = []
    for child in children:
        lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
        own.append(sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024)
    return statistics.mean(own)


def main():
    """Fill one database and serve it with more and more workers."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crowd")
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2, 4])
    parser.add_argument("--people", nargs="+", type=int, default=[8, 32])
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wenshang-crowd-") as folder:
        _, _, path, url = next(databases(["postgresql"], Path(folder)))
        filled = Installation(path, url)
        filled.manage("collectstatic", "--noinput", "--verbosity", "0")
        filled.manage("migrate", "--verbosity", "0")
        filled.manage("generate_load", "--size", "S", "--yes-fill-this-database")
        duty = json.loads(filled.child("tests.bench.floors", "subjects"))["open"]
        print("workers × threads, people at once: requests a second, median / p95 in ms; MB a worker")
        for workers in options.workers:
            with Installation(path, url, workers=workers, threads=4) as installation:
                for people in options.people:
                    rate, median, p95 = crowd(installation, duty, people, options.seconds)
                    memory = megabytes_a_worker(installation.server)
                    print(f"{workers:4} × 4{people:6}{rate:10.1f}{median:9.0f} /{p95:6.0f}{memory:8.0f} MB", flush=True)


if __name__ == "__main__":
    main()
