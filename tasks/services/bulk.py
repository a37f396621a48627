"""The same step for many duties, reports or requests: each row by itself, with a plain result for each."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from wenshang_disclosure.core.web.errors import Refused


@dataclass
class Result:
    """What came of one row, or would: what the step returned, or why it is not done."""

    row: object
    error: str = ""
    outcome: object = None


def each(rows, act, *, rehearsing=False):
    """Call `act(row)` for each row, each in its own transaction; return a `Result` a row. A refusal stops no other.

    Where it is rehearsing, nothing is kept.
    """
    results = []
    for row in rows:
        result = Result(row)
        try:
            with transaction.atomic():
                result.outcome = act(row)
                transaction.set_rollback(rehearsing)
        except (Refused, PermissionDenied) as refusal:
            result.error = str(refusal)
        results.append(result)
    return results
