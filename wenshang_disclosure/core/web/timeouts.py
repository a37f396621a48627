"""Asking what may never answer: a database or a disk that hangs must not hold whoever watches the server."""

import logging
import threading
import time
from collections import defaultdict
from functools import partial

from django.db import connections

log = logging.getLogger(__name__)
_slots = defaultdict(partial(threading.BoundedSemaphore, 4))
"""How often the same thing is asked at once: what hangs must not pile up threads."""


def ask_all(questions, seconds):
    """Ask every question, each in a thread of its own; give name → answer, `None` where it failed or took longer."""
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
    except Exception as error:  # whatever it is, the thing is not well; the log says where
        log.warning("%s does not answer", name, exc_info=error)
    finally:
        connections.close_all()
        _slots[name].release()
