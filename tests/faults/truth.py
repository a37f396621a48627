"""Prints as JSON what stands in the database and on disk after a fault. Run in a process of its own."""

# ruff: noqa: E402

import json
import os
from datetime import timedelta
from itertools import pairwise

os.environ["DJANGO_SETTINGS_MODULE"] = "wenshang_disclosure.settings"

import django

django.setup()

from tasks.models import Assignment, ProgressReport
from wenshang_disclosure.audit import chain
from wenshang_disclosure.files import checking


def reports():
    """Return every report with the sums of its files and how often it was submitted."""
    found = ProgressReport.objects.prefetch_related("evidence__stored", "transitions")
    return [
        {
            "duty": report.assignment_id,
            "text": report.text,
            "state": report.state,
            "files": [item.stored.sha256 for item in report.evidence.all() if item.stored],
            "submitted": sum(step.event == "submitted" for step in report.transitions.all()),
            "decided": sum(step.event in ("approved", "returned") for step in report.transitions.all()),
        }
        for report in found
    ]


def crooked_duties():
    """Return the duties whose status is not what their steps led to."""
    wrong = []
    for duty in Assignment.objects.prefetch_related("transitions"):
        steps = sorted(duty.transitions.all(), key=lambda step: step.pk)
        follows = all(before.to_status == after.from_status for before, after in pairwise(steps))
        ends = steps[-1].to_status if steps else "not_started"
        if not follows or duty.status != ends:
            wrong.append(duty.pk)
    return wrong


def main():
    """Look at everything; leftovers of killed uploads are swept, as the timer would a day later."""
    files = checking.check(grace=timedelta(0), sweep=True)
    chain.seal()
    verdict = chain.verify()
    truth = {
        "reports": reports(),
        "crooked": crooked_duties(),
        "files": files.files,
        "missing": files.missing,
        "changed": files.changed,
        "swept": len(files.swept),
        "chain": verdict.entries,
        "broken": verdict.broken,
    }
    print(json.dumps(truth, ensure_ascii=False))


if __name__ == "__main__":
    main()
