"""Workers are killed (-9) at random moments while people save, upload and submit."""

import random
import time

from tests.faults import ledger
from tests.faults.people import all_done, at_work


def run(place, *, seconds):
    """Return `(line, what is wrong)`."""
    chance = random.Random(4)
    with place.server() as server:
        workers = at_work(server, place.people, seconds=seconds)
        kills = _kill_while_at_work(server, workers, chance)
        all_done(workers)
        truth = server.truth()
    lost = ledger.compare(workers, truth)
    wrong = lost if kills else [*lost, "nobody was killed"]
    return f"{kills} workers killed; {ledger.line(workers, truth, lost)}", wrong


def _kill_while_at_work(server, workers, chance):
    """Kill any worker, each time once some more was acknowledged: however slow the machine, work goes on between."""
    kills, due = 0, chance.randrange(1, 10)
    while any(worker.is_alive() for worker in workers):
        time.sleep(chance.uniform(0.01, 0.2))
        there = server.worker_ids()
        if there and sum(worker.acknowledged for worker in workers) >= due:
            server.kill(chance.choice(there))
            kills += 1
            due = sum(worker.acknowledged for worker in workers) + chance.randrange(1, 15)
    return kills
