"""One step on many duties, reports or requests, each in a transaction of its own."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from wenshang_disclosure.core.web.errors import Refused


@dataclass
class Result:
    """The result of a step on one row: what the service returned (`outcome`), or why it was refused (`error`)."""

    row: object
    error: str = ""
    outcome: object = None


def each(rows, act, *, rehearsing=False):
    """Call `act(row)` for each row in a transaction of its own; return one `Result` per row.

    A refused row does not affect the others. With `rehearsing`, every transaction is rolled back.
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
