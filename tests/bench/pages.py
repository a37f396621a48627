"""Pages of both sizes: wall time, CPU of server and database, beside their floors."""

import itertools
import json
import statistics
from dataclasses import dataclass

from .cpu import CpuClock
from .timing import repeat

TIMES = 30


@dataclass
class Figures:
    """Milliseconds of one request: wall time (median, 95th percentile), CPU of server and database, floor, size."""

    median: float
    p95: float
    server: float
    database: float
    floor: float = 0.0

    @property
    def cpu(self):
        return self.server + self.database


def asked(ids):
    """Return the measured pages: name, who asks, address."""
    office, liaison = "load-office", "load-liaison"
    plan, unit = f"plan={ids['plan']}", ids["unit"]
    return [
        ("empty page", office, "/password/"),
        ("list, 50 duties by deadline", office, f"/assignments/?{plan}&sort=due_on"),
        ("overdue of one unit", office, f"/assignments/?{plan}&unit={unit}&light=overdue"),
        ("one duty with history", office, f"/assignments/{ids['duty']}/"),
        ("dashboard", office, f"/dashboard/?{plan}"),
        ("dashboard of a past day", office, f"/dashboard/?{plan}&as_of=2024-09-30"),
        ("summary by unit", office, f"/units/?{plan}"),
        ("matrix", office, f"/matrix/?{plan}"),
        ("review queue", office, f"/reviews/?{plan}"),
        ("table as issued", office, f"/tasks/?{plan}"),
        ("search", office, f"/search/?{plan}&q=公开"),
        ("empty page of a unit", liaison, "/password/"),
        ("worklist of a unit", liaison, "/worklist/"),
        ("report form", liaison, f"/assignments/{ids['open']}/report/"),
        ("list as .xlsx", office, f"/exports/assignments.xlsx?{plan}"),
        ("yearly workbook", office, f"/exports/summary.xlsx?{plan}"),
    ]


def measure(installation, only=""):
    """Return `{name: Figures}` of the pages whose name contains `only`."""
    ids = json.loads(installation.child("tests.bench.floors", "subjects"))
    pages = [page for page in asked(ids) if only in page[0]]
    floors = json.loads(installation.child("tests.bench.floors", "sql", *(f"{who} {path}" for _, who, path in pages)))
    figures = {}
    with installation:
        clock = CpuClock(installation.server.pid, installation.environment["DATABASE_URL"])
        visitors = {who: installation.sign_in(who) for who in ("load-office", "load-liaison")}
        for name, who, path in pages:
            figures[name] = _figures(clock, lambda who=who, path=path: visitors[who].fetch(path), _times(name))
            figures[name].floor = floors[f"{who} {path}"]
        if only in "submit a report":
            figures["submit a report"] = _submitting(clock, visitors["load-liaison"], ids["open"])
    return figures


def _times(name):
    return TIMES // 5 if name in ("yearly workbook", "list as .xlsx") else TIMES


def _figures(clock, call, times):
    call()
    before = clock.read()
    median, p95 = repeat(call, times, warm=False)
    server, database = (round(taken / times, 2) for taken in clock.since(before))
    return Figures(median, p95, server, database)


def _submitting(clock, liaison, duty):
    """Return the figures of the POST alone: the form is opened once, before the clock starts."""
    path = f"/assignments/{duty}/report/"
    token = liaison.token_of(path)
    fields = {"action": "submit", "version": "0", "attested": "on", "attested_name": "审查人"}
    numbers = itertools.count(1)

    def submit():
        text = f"已发布政策{next(numbers)}条。"
        liaison.send(path, {**fields, "csrfmiddlewaretoken": token, "text": text}, follow=False)

    return _figures(clock, submit, TIMES)


HEAD = ("work", "wall", "p95", "server", "database", "CPU", "SQL", "×")


def print_pages(database, small, large):
    """Print the pages of both sizes, and how many times as much CPU the larger takes."""
    print(f"\n{database}: milliseconds a request; SQL = the page's own queries run bare; × = CPU by SQL + empty page")
    print(
        f"{'':30}"
        + "".join(f"{word:>9}" for word in HEAD[1:])
        + ("      M: wall   server database  M/S" if large else "")
    )
    for name, one in small.items():
        base = one.floor + small["empty page"].cpu if "empty page" in small else one.floor
        shown = (one.median, one.p95, one.server, one.database, one.cpu, one.floor, one.cpu / base if base else 1)
        line = f"{name:30}" + "".join(f"{value:9.1f}" for value in shown)
        if far := (large or {}).get(name):
            line += f"{far.median:13.1f}{far.server:9.1f}{far.database:9.1f}{far.cpu / one.cpu:5.2f}"
        print(line)


def print_summary(figures):
    """Print the median over the pages of CPU, one line for quick comparison of two runs."""
    print(f"median CPU of the pages: {statistics.median(one.cpu for one in figures.values()):.1f} ms")
