"""The .xlsx of many duties and the bare writer on the same cells, each in its own process: seconds, peak memory."""

import json
import os
import resource
import sys
import tempfile
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
django.setup()

from django.utils import timezone  # noqa: E402
from openpyxl import Workbook, load_workbook  # noqa: E402

from reports.exports.lists import lists  # noqa: E402
from tasks.models import Assignment, Plan  # noqa: E402


class Heading:
    """What an export's heading says."""

    def __init__(self):
        self.plans, self.has_several_years = [Plan.objects.chosen()], False
        self.as_of, self.note = timezone.localdate(), ""


def ours(count):
    """Write the product's own list of `count` duties; return the seconds it took and the file."""
    begun = time.perf_counter()
    file = lists.assignments(Assignment.objects.order_by("pk").with_light().for_lists()[:count], Heading())
    return time.perf_counter() - begun, file


def bare(count):
    """Write the same cells with nothing but the writer; return the seconds it took."""
    source = load_workbook(ours(count)[1], read_only=True).worksheets[0]
    cells = [[cell.value for cell in row] for row in source.iter_rows()]
    begun = time.perf_counter()
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in cells:
        sheet.append(row)
    with tempfile.TemporaryFile() as file:
        book.save(file)
    return time.perf_counter() - begun


if __name__ == "__main__":
    kind, count = sys.argv[1], int(sys.argv[2])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = bare(count) if kind == "bare" else ours(count)[0]
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "peak_mb": after / 1024, "grown_mb": (after - before) / 1024}))
