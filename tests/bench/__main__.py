"""Fill, serve, measure, print."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from . import load, memory
from .front import print_front
from .pages import measure, print_pages
from .server import Installation

POSTGRES = "postgres://postgres@127.0.0.1:5432/"


def print_files(installation, counts):
    """Print time and peak memory of the exports beside the bare writer."""
    for what, module in (("duties", "tests.bench.files"), ("reports, by XlsxWriter", "tests.bench.workbook")):
        print(f"\n.xlsx of {what}: rows, seconds, peak MB (grown); the bare writer on the same cells; ratio of times")
        _print_file(installation, module, counts)


def _print_file(installation, module, counts):
    for count in counts:
        ours = json.loads(installation.child(module, "ours", str(count)))
        bare = json.loads(installation.child(module, "bare", str(count)))
        print(
            f"{count:8}{ours['seconds']:8.2f} s {ours['peak_mb']:7.0f} MB (+{ours['grown_mb']:.0f})"
            f"{bare['seconds']:8.2f} s   × {ours['seconds'] / bare['seconds']:.2f}"
        )


def print_imports(installation, counts):
    """Print the seconds that each step of bringing a table in takes, and the milliseconds a row."""
    print("\na table comes in: rows, seconds to read, to show the preview, to write; milliseconds a row in all")
    for steps in json.loads(installation.child("tests.bench.imports", *map(str, counts))):
        rows, seconds = steps.pop("rows"), list(steps.values())
        print(f"{rows:8}" + "".join(f"{each:8.2f} s" for each in seconds) + f"{sum(seconds) * 1000 / rows:9.2f} ms")


def print_background(installation, counts):
    """Print what long files take that background work makes."""
    print(
        "\nmade in the background: rows, seconds, CPU, peak MB (grown), size of the file, times that progress was told"
    )
    for count in counts:
        installation.child("tests.bench.background", "fill", str(count))
        for name in ("reports", "audit"):
            took = json.loads(installation.child("tests.bench.background", name))
            print(
                f"{name:8}{took['rows']:8}{took['seconds']:8.2f} s{took['cpu_seconds']:8.2f} s"
                f"{took['peak_mb']:7.0f} MB (+{took['grown_mb']:.0f})"
                f"{took['size_mb']:8.1f} MB{took['told']:5} times  {took['state']}"
            )


def print_reminders(installation, counts):
    """Print what the day's reminding takes, the first time and again on the same day."""
    print("\nsend_reminders: open duties, then each time seconds, queries, duties told of, people, memory grown by")
    for count in counts:
        installation.child("tests.bench.reminders", "fill", str(count))
        for time_of_day in ("first", "again"):
            took = json.loads(installation.child("tests.bench.reminders", time_of_day))
            print(
                f"{count:8} {time_of_day:6}{took['seconds']:8.2f} s{took['queries']:7} queries{took['duties']:8} duties"
                f"{took['people']:5} people  +{took['grown_mb']:.0f} MB"
            )


def databases(chosen, folder):
    """Return `(name, size, url)` of each database to fill."""
    for name in chosen:
        for size in ("S", "M"):
            path = folder / f"{name}-{size}"
            path.mkdir()
            if name == "postgresql":
                base = f"wenshang_bench_{size.lower()}"
                for word in ("DROP DATABASE IF EXISTS", "CREATE DATABASE"):
                    subprocess.run(["psql", "-q", POSTGRES + "postgres", "-c", f"{word} {base}"], check=True)
                yield name, size, path, POSTGRES + base
            else:
                yield name, size, path, f"sqlite:///{path / 'bench.sqlite3'}"


def main():
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--sizes", nargs="+", default=["S", "M"])
    parser.add_argument("--only", default="", help="measure the pages whose name contains this, and nothing else")
    parser.add_argument("--front", action="store_true", help="measure what a browser sees, and nothing else")
    parser.add_argument("--load", action="store_true", help="measure many clients at once, and nothing else")
    parser.add_argument("--memory", action="store_true", help="measure memory, and nothing else")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wenshang-bench-") as folder:
        results = {}
        for name, size, path, url in databases(options.databases, Path(folder)):
            if size not in options.sizes:
                continue
            installation = Installation(path, url)
            installation.manage("collectstatic", "--noinput", "--verbosity", "0")
            installation.manage("migrate", "--verbosity", "0")
            installation.manage("generate_load", "--size", size, "--yes-fill-this-database")
            if options.front:
                print_front(installation)
                continue
            if options.load or options.memory:
                (load if options.load else memory).measure(installation)
                continue
            results[name, size] = measure(installation, options.only)
            if size == options.sizes[-1]:
                print_pages(name, results[name, options.sizes[0]], results.get((name, "M")))
            if size == options.sizes[-1] and not options.only:
                print_files(installation, (2000, 50000) if size == "M" else (2000,))
                print_background(installation, (6000, 100_000))
                print_imports(installation, (500, 1000, 5000))
                print_reminders(installation, (2000, 20_000, 200_000) if size == "M" else (2000, 20_000))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
