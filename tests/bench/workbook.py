"""The sheet 报送明细 and bare XlsxWriter on the same cells, each in its own process: seconds, peak memory."""

import json
import os
import resource
import sys
import tempfile
import time
from datetime import date, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
django.setup()

from django.utils import timezone  # noqa: E402
from openpyxl import load_workbook  # noqa: E402
from xlsxwriter import Workbook  # noqa: E402

from reports.exports.workbook import details  # noqa: E402
from tasks.models import ProgressReport  # noqa: E402
from wenshang_disclosure.core.office.xlsx import Book, write_list  # noqa: E402


def ours(count):
    """Write the product's own list of `count` reports; return the seconds it took and the file."""
    begun = time.perf_counter()
    wanted = ProgressReport.objects.submitted().order_by("pk").values("pk")[:count]
    rows = details.reports(ProgressReport.objects.filter(pk__in=wanted).submitted_by(timezone.localdate()))
    with Book() as book:
        write_list(book.sheet("报送明细"), "报送明细", [], details.REPORT_COLUMNS, (values for _, values in rows))
        file = book.finished()
    return time.perf_counter() - begun, file


def bare(count):
    """Write the same cells with nothing but the writer, in constant memory as well; return the seconds it took."""
    source = load_workbook(ours(count)[1], read_only=True).worksheets[0]
    cells = [list(row) for row in source.iter_rows(values_only=True)]
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as file, Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, row in enumerate(cells):
            for column, value in enumerate(row):
                if isinstance(value, datetime | date):
                    sheet.write_datetime(number, column, value, moment)
                elif value is not None:
                    sheet.write(number, column, value)
    return time.perf_counter() - begun


if __name__ == "__main__":
    kind, count = sys.argv[1], int(sys.argv[2])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = bare(count) if kind == "bare" else ours(count)[0]
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "peak_mb": after / 1024, "grown_mb": (after - before) / 1024}))
