"""Workers are killed (-9) at random moments while people save, upload and hand in."""

import random
import time

from .. import ledger
from ..people import all_done, at_work


def run(place, *, seconds):
    """Give `(line, what is wrong)`."""
    chance, kills = random.Random(4), 0
    with place.server() as server:
        workers = at_work(server, place.people, seconds=seconds)
        while any(worker.is_alive() for worker in workers):
            time.sleep(chance.uniform(0.2, 1.5))
            there = server.worker_ids()
            if len(there) > 1 and workers[0].works:
                server.kill(chance.choice(there))
                kills += 1
        all_done(workers)
        truth = server.truth()
    wrong = ledger.compare(workers, truth)
    return f"{kills} workers killed; {ledger.line(workers, truth, wrong)}", wrong
