"""The same step for many duties or reports: each row by itself, with a plain result for each."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from wenshang_disclosure.core.web.errors import Refused


@dataclass
class Result:
    """What came of one row: done, or why not."""

    row: object
    error: str = ""


def each(rows, act):
    """Call `act(row)` for each row, each in its own transaction; return a `Result` a row. A refusal stops no other."""
    results = []
    for row in rows:
        try:
            act(row)
        except (Refused, PermissionDenied) as refusal:
            results.append(Result(row, str(refusal)))
        else:
            results.append(Result(row))
    return results
