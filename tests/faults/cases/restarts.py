"""PostgreSQL is restarted, stopped at once and killed under load; the product gets on without a restart of its own."""

import time

from .. import ledger
from ..people import Person, all_done, at_work

SOON = 10  # seconds within which everything works again


def _restart(cluster):
    cluster.stop("fast")
    time.sleep(1)
    cluster.start()


def _stop_at_once(cluster):
    cluster.stop("immediate")
    time.sleep(1)
    cluster.start()


def _kill(cluster):
    cluster.kill()
    time.sleep(1)
    (cluster.folder / "postmaster.pid").unlink(missing_ok=True)
    cluster.start()


WAYS = (_restart, _stop_at_once, _kill)


def run(place, *, seconds):
    """Give `(line, what is wrong)`."""
    wrong, away = [], []
    with place.server() as server:
        workers = at_work(server, place.people, seconds=seconds)
        watcher = Person(server.base, "liaison0")
        watcher.sign_in()
        before = set(server.worker_ids())
        for way in WAYS[: max(1, int(seconds // 4))]:
            time.sleep(seconds / 5)
            begun = time.monotonic()
            way(place.cluster)
            started = time.monotonic()
            _until_all_answer(watcher, wrong)
            away.append(f"{started - begun:.1f}+{time.monotonic() - started:.1f}")
        all_done(workers)
        if set(server.worker_ids()) != before:
            wrong.append("the product's workers were restarted")
        truth = server.truth()
    lost = ledger.compare(workers, truth)
    return f"away for (+ until all answered) {', '.join(away)} s; {ledger.line(workers, truth, lost)}", wrong + lost


def _until_all_answer(watcher, wrong):
    """Wait until every worker answers: thirty pages in a row."""
    ends, in_a_row = time.monotonic() + SOON, 0
    while in_a_row < 30:
        answer = watcher.get("/assignments/")
        in_a_row = in_a_row + 1 if answer is not None and answer.status_code == 200 else 0
        if time.monotonic() > ends + 20:
            wrong.append("pages fail long after the database is back")
            return
