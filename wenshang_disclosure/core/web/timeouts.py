"""Health queries with a timeout, so that a hanging database or disk does not block monitoring."""

import logging
import threading
import time
from collections import defaultdict
from functools import partial

from django.db import connections

log = logging.getLogger(__name__)
_slots = defaultdict(partial(threading.BoundedSemaphore, 4))
"""Limits concurrent threads per question, so that a hanging one does not pile up threads."""


def ask_all(questions, seconds):
    """Call each question in its own thread; return name → answer, `None` if it failed or exceeded `seconds` in all."""
    answers = dict.fromkeys(questions)
    until = time.monotonic() + seconds
    threads = [_begin(name, ask, answers) for name, ask in questions.items() if _slots[name].acquire(blocking=False)]
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))
    return dict(answers)


def _begin(name, ask, answers):
    thread = threading.Thread(target=_answer, args=(name, ask, answers), name=f"asking {name}", daemon=True)
    thread.start()
    return thread


def _answer(name, ask, answers):
    try:
        answers[name] = ask()
    except Exception as error:  # any exception means not healthy
        log.warning("%s does not answer", name, exc_info=error)
    finally:
        connections.close_all()
        _slots[name].release()
