"""Times of repeated calls."""

import statistics
import time


def repeat(call, times, *, warm=True):
    """Call once to warm up where `warm`, then `times` times; return `(median, p95)` in milliseconds."""
    if warm:
        call()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begun) * 1000)
    taken.sort()
    return statistics.median(taken), taken[min(len(taken) - 1, round(0.95 * len(taken)))]
