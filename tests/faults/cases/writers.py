"""Eight people write at once in ordinary use: nobody is refused, nobody hears of a lock."""

from tests.faults import ledger
from tests.faults.people import all_done, at_work


def run(place, *, seconds):
    """Return `(line, what is wrong)`."""
    with place.server() as server:
        workers = at_work(server, place.people, seconds=seconds)
        all_done(workers)
        truth = server.truth()
        locked = server.says("database is locked")
    wrong = lost = ledger.compare(workers, truth)
    refused = sum(worker.counts["broken off"] + worker.counts[503] + worker.counts[500] for worker in workers)
    if refused:
        wrong = [*wrong, f"{refused} requests were refused"]
    if locked:
        wrong = [*wrong, f"the log says {locked} times that the database is locked"]
    return f"“database is locked” {locked} times; {ledger.line(workers, truth, lost)}", wrong
