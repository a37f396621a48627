"""Many clients at once: `make bench ARGS=--load`.

First each page is asked by one client, then eight clients ask all of them in turn, then the units of one row of the
table submit their reports on it at one moment. Nothing may be refused or lost, and 95 of 100 answers have to come
within four times what one client waits, times the clients that share a processor.
"""

import itertools
import json
import os
import statistics
import threading
import time
from collections import Counter
from functools import partial
from urllib.error import HTTPError

from .pages import asked
from .timing import repeat

CLIENTS, ROUNDS, POSTS = 8, 2, 34
WITHIN = 4
SINGLE_TIMES = 9
FILES = ("list as .xlsx", "yearly workbook")


def measure(installation):
    """Serve a filled installation with two workers of four threads, and print what was measured."""
    installation.workers, installation.threads = 2, 4
    ids = json.loads(installation.child("tests.bench.floors", "subjects"))
    pages = [page for page in asked(ids) if page[0] not in FILES]
    with installation:
        office, liaison = (installation.sign_in(who) for who in ("load-office", "load-liaison"))
        visitors = {"load-office": office, "load-liaison": liaison}
        alone = {
            name: repeat(lambda who=who, path=path: visitors[who].fetch(path), SINGLE_TIMES)[0]
            for name, who, path in pages
        }
        print_mixed(alone, *mixed(installation, pages))
        print_posts(installation)


def mixed(installation, pages):
    """Return `(name, milliseconds, status)` of every answer that the clients had, and the seconds that it all took."""
    answers = []
    people = [{who: installation.sign_in(who) for who in ("load-office", "load-liaison")} for _ in range(CLIENTS)]

    def works(visitors, first):
        for name, who, path in (*pages[first:], *pages[:first]) * ROUNDS:
            answers.append((name, *_timed(lambda who=who, path=path: visitors[who].fetch(path))))

    begun = time.monotonic()
    _at_once(works, [(visitors, number * len(pages) // CLIENTS) for number, visitors in enumerate(people)])
    return answers, time.monotonic() - begun


def print_mixed(alone, answers, seconds):
    """Print median and 95th percentile of each page beside what one client waits."""
    allowed = WITHIN * CLIENTS / os.cpu_count()
    print(f"\n{CLIENTS} clients on mixed pages: one client's median, median and p95 in ms, p95 by one")
    for name, single in alone.items():
        taken = [milliseconds for page, milliseconds, _ in answers if page == name]
        print(f"{name:30}{single:9.1f}{statistics.median(taken):9.1f}{_p95(taken):9.1f}{_p95(taken) / single:9.1f}")
    ratio = _p95([milliseconds / alone[name] for name, milliseconds, _ in answers])
    print(
        f"{len(answers)} answers, {len(answers) / seconds:.1f} a second, refused: {_refused(answers)};"
        f" p95 {ratio:.1f} times one client's median, allowed {allowed:.0f}"
    )


def print_posts(installation):
    """Let the units of one row submit at the same moment, and print how it went."""
    duties = json.loads(installation.child("tests.bench.row", "make", str(POSTS)))
    count = partial(installation.child, "tests.bench.row", "count", *(str(duty["id"]) for duty in duties))
    writers = []
    for duty in duties:
        visitor = installation.sign_in(duty["username"])
        path = f"/assignments/{duty['id']}/report/"
        writers.append((visitor, path, visitor.token_of(path)))
    single = repeat(lambda: _submit(*writers[0], next(numbers)), SINGLE_TIMES, warm=False)[0]
    before = int(count())
    answers, together = [], threading.Barrier(len(writers))

    def posts(*writer):
        together.wait()
        answers.append(("submit", *_timed(lambda: _submit(*writer, next(numbers)))))

    _at_once(posts, writers)
    lost = len(writers) - (int(count()) - before)
    allowed = WITHIN * single * len(writers) / os.cpu_count()
    p95 = _p95([milliseconds for _, milliseconds, _ in answers])
    print(
        f"\n{len(writers)} units submit on one row at once: refused {_refused(answers)}, lost {lost};"
        f" one alone {single:.1f} ms, p95 {p95:.0f} ms, allowed {allowed:.0f} ms"
    )


numbers = itertools.count(1)


def _submit(visitor, path, token, number):
    fields = {"action": "submit", "version": "0", "attested": "on", "attested_name": "审查人"}
    visitor.send(path, {**fields, "csrfmiddlewaretoken": token, "text": f"已发布政策{number}条。"}, follow=False)


def _timed(call):
    """Return the milliseconds of a request and its status."""
    begun, status = time.monotonic(), 200
    try:
        call()
    except HTTPError as error:
        status = error.code
    except OSError:
        status = 0
    return (time.monotonic() - begun) * 1000, status


def _at_once(work, arguments):
    threads = [threading.Thread(target=work, args=each) for each in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _refused(answers):
    """Return how many answers were no page, by status."""
    return dict(Counter(status for _, _, status in answers if status != 200)) or 0


def _p95(taken):
    return statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
