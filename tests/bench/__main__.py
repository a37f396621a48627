"""Fill, serve, measure, print."""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from .server import Installation
from .timing import repeat

TIMES = 30
POSTGRES = "postgres://postgres@127.0.0.1:5432/"


def pages(ids):
    """Return the measured pages: name, who asks, address."""
    return [
        ("empty page", "load-office", "/password/"),
        ("/assignments/ by deadline", "load-office", "/assignments/?sort=due_on"),
        ("overdue of one unit", "load-office", f"/assignments/?unit={ids['unit']}&light=overdue"),
        ("one duty with history", "load-office", f"/assignments/{ids['duty']}/"),
        ("/dashboard/", "load-office", "/dashboard/"),
        ("/dashboard/ of a past day", "load-office", "/dashboard/?as_of=2024-09-30"),
    ]


def measure(installation):
    """Return `{name: (median, p95, floor)}` in milliseconds."""
    ids = json.loads(installation.child("tests.bench.floors", "subjects"))
    asked = pages(ids)
    floors = json.loads(installation.child("tests.bench.floors", "sql", *(f"{who} {path}" for _, who, path in asked)))
    figures = {}
    with installation:
        office, liaison = installation.sign_in("load-office"), installation.sign_in("load-liaison")
        for name, who, path in asked:
            median, p95 = repeat(lambda path=path: office.get(path), TIMES)
            empty = figures["empty page"][0] if figures else 0
            figures[name] = (median, p95, floors[f"{who} {path}"] + empty)
        figures["submitting one report"] = (*_submitting(liaison, ids["open"]), figures["empty page"][0] * 2)
    return figures


def _submitting(liaison, duty):
    path = f"/assignments/{duty}/report/"
    fields = {"action": "submit", "version": "0", "attested": "on", "attested_name": "审查人"}
    numbers = itertools.count(1)
    return repeat(lambda: liaison.post(path, {**fields, "text": f"已发布政策{next(numbers)}条。"}, form=path), TIMES)


def print_pages(database, small, large):
    """Print the pages of both sizes side by side."""
    print(f"\n{database}: milliseconds, median / p95; floor = the same SQL bare + the empty page")
    print(f"{'':28}{'S':>16}{'floor':>8}{'×':>6}{'M':>18}{'floor':>8}{'×':>6}{'M/S':>7}")
    for name, (median, p95, floor) in small.items():
        line = f"{name:28}{median:8.1f} /{p95:6.1f}{floor:8.1f}{median / floor if floor else 1:6.1f}"
        if large:
            far, far95, floor = large[name]
            line += f"{far:10.1f} /{far95:6.1f}{floor:8.1f}{far / floor if floor else 1:6.1f}{far / median:7.2f}"
        print(line)


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
            results[name, size] = measure(installation)
            if size == options.sizes[-1]:
                print_pages(name, results[name, options.sizes[0]], results.get((name, "M")))
                print_files(installation, (2000, 50000) if size == "M" else (2000,))
                print_imports(installation, (500, 1000, 5000))
                print_reminders(installation, (2000, 20_000, 200_000) if size == "M" else (2000, 20_000))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
