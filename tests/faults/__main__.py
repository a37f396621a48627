"""`python -m tests.faults`: bring each fault about, and print what was sent, acknowledged, found and lost.

The short form, some of them for some seconds each, is CI's; `LONG_TESTS=1` asks for all.
"""

import argparse
import os
import signal
import sys
import time

from tests.clusters import why_not
from tests.environment import ALL_PROGRAMS, LONG

from .cases import full_disk, kills, migrations, restarts, reviewers, writers
from .server import Place, empty_folder

CASES = {  # name: (module, databases, seconds of load long and short)
    "writers": (writers, ("sqlite",), 40, 6),
    "kills": (kills, ("sqlite", "postgresql"), 40, 6),
    "restarts": (restarts, ("postgresql",), 40, 6),
    "reviewers": (reviewers, ("sqlite", "postgresql"), 40, 6),
    "full_disk": (full_disk, ("sqlite", "postgresql"), 40, 6),
    "migrations": (migrations, ("sqlite", "postgresql"), 40, 6),
}


SHORT = {"sqlite": ("writers", "kills", "full_disk"), "postgresql": ("restarts", "reviewers")}
"""What CI brings about on each database."""


def main():
    """Return exit status 1 where anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("cases", nargs="*", choices=[*CASES, []], help="all where left out")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="only on this one")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything started is stopped
    begun, failed = time.monotonic(), 0
    with empty_folder() as root:
        for database in ("sqlite", "postgresql"):
            if options.database in (None, database):
                failed += _on(database, root, options)
    print(f"{'FAILED' if failed else 'nothing lost'}, {time.monotonic() - begun:.0f} s in all")
    return 1 if failed else 0


def _on(database, root, options):
    usual = CASES if LONG else SHORT[database]
    chosen = [name for name in options.cases or usual if database in CASES[name][1]]
    if not chosen:
        return 0
    if database == "postgresql" and (reason := why_not()):
        print(f"postgresql: {'FAILED' if ALL_PROGRAMS else 'skipped'}: {reason}")
        return int(ALL_PROGRAMS)
    place = Place(root, database)
    try:
        place.fill()
        return sum(_play(name, place) for name in chosen)
    finally:
        place.close()


def _play(name, place):
    module, _, long_time, short_time = CASES[name]
    begun = time.monotonic()
    line, wrong = module.run(place, seconds=long_time if LONG else short_time)
    print(f"{name} ({place.kind}): {line}; {time.monotonic() - begun:.0f} s", flush=True)
    for each in wrong[:20]:
        print(f"    {each}", flush=True)
    return bool(wrong)


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    sys.exit(main())
