"""PostgreSQL is restarted, stopped at once and killed under load; the product gets on without a restart of its own."""

import time

from tests.faults import ledger
from tests.faults.people import Person, all_done, at_work

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
    """Return `(line, what is wrong)`."""
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
            back = _until_all_answer(watcher, started)
            away.append(f"{started - begun:.1f}+{back:.1f}")
            if back > SOON:
                wrong.append(f"pages still failed {back:.1f} s after the database was back")
        all_done(workers)
        if set(server.worker_ids()) != before:
            wrong.append("the product's workers were restarted")
        truth = server.truth()
    lost = ledger.compare(workers, truth)
    return f"away for (+ until all answered) {', '.join(away)} s; {ledger.line(workers, truth, lost)}", wrong + lost


def _until_all_answer(watcher, started):
    """Ask until thirty pages in a row are answered, by every worker so; give when the last failed, in seconds."""
    failed, in_a_row = started, 0
    while in_a_row < 30 and time.monotonic() < started + 6 * SOON:
        answer = watcher.get("/password/")
        in_a_row += 1
        if answer is None or answer.status_code != 200:
            failed, in_a_row = time.monotonic(), 0
    return failed - started
