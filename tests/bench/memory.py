"""Memory: `make bench ARGS=--memory`. What each package takes when the product is loaded, and what its processes take
together (PSS: what several share is counted once) when it starts, after pages and after files.
"""

import importlib._bootstrap as bootstrap
import json
import sys
import threading
from collections import Counter
from pathlib import Path

from .pages import asked

CLIENTS = 4
FILES = ("list as .xlsx", "yearly workbook")
SHOWN = 24


def by_import():
    """Load the product as a server does; return the resident megabytes that each package added, and the whole."""
    grown, open_ones, load = Counter(), [], bootstrap._load_unlocked

    def counting(spec):
        before = _resident()
        open_ones.append(0)
        try:
            return load(spec)
        finally:
            taken = _resident() - before
            grown[spec.name.partition(".")[0]] += taken - open_ones.pop()
            if open_ones:
                open_ones[-1] += taken

    bootstrap._load_unlocked = counting
    import wenshang_disclosure.wsgi  # noqa: F401

    return {"packages": grown.most_common(SHOWN), "all": _resident()}


def _resident():
    return _megabytes("self", "Rss")


def _megabytes(process, kind):
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024


def measure(installation):
    """Print what the imports take, and what a server of two workers with four threads takes in use."""
    loaded = json.loads(installation.child("tests.bench.memory"))
    print(f"\nresident MB by import, {loaded['all']:.0f} in all")
    print("\n".join(f"{name:30}{taken:7.1f}" for name, taken in loaded["packages"]))
    ids = json.loads(installation.child("tests.bench.floors", "subjects"))
    installation.workers, installation.threads = 2, 4
    print("\nPSS in MB of all processes: in all, and of each")
    with installation:
        installation.sign_in("load-office")
        _print("first sign-in", installation)
        _ask(installation, [page for page in asked(ids) if page[0] not in FILES] * 2)
        _print(f"pages by {CLIENTS} clients", installation)
        _ask(installation, [page for page in asked(ids) if page[0] in FILES])
        _print(f"files by {CLIENTS} clients", installation)


def _print(what, installation):
    server = installation.server.pid
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    taken = [_megabytes(process, "Pss") for process in (server, *workers)]
    print(f"{what:30}{sum(taken):7.0f}  " + ", ".join(f"{one:.0f}" for one in taken), flush=True)


def _ask(installation, pages):
    def asks():
        visitors = {who: installation.sign_in(who) for who in ("load-office", "load-liaison")}
        for _, who, path in pages:
            visitors[who].fetch(path)

    threads = [threading.Thread(target=asks) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(by_import()))
