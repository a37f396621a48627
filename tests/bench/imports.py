"""A table comes in: seconds to read the file, show the preview, and write the rows, for several numbers of rows."""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from departments.models import User  # noqa: E402
from tasks.imports.reading.child import read_limited  # noqa: E402
from tasks.services.plans import imports  # noqa: E402
from tests.tasks.imports.makers import LEFT, UP, xlsx_file  # noqa: E402

HEAD = ["工作任务", "牵头部门", "责任单位", "具体要求", "完成时限"]
NOTICE = Path(__file__).parents[1] / "tasks" / "imports" / "wenshang-2024.txt"


def big_table(count):
    """Return the rows of a table: parts of fifty rows, sections of five, merged as on paper."""
    rows = [HEAD]
    for number in range(count):
        if number % 50 == 0:
            rows.append([f"一、第{number // 50 + 1}部分", *[LEFT] * 4])
        begins = number % 5 == 0
        section = f"（{number // 5 + 1}）工作任务" if begins else UP
        lead = "县商务局\n县财政局" if begins else UP
        requirement = f"做好第{number}项政务公开工作，及时发布相关政策措施，加强解读回应。" * 2
        rows.append([section, lead, "县政府各部门、单位\n各乡镇（街道）人民政府（办事处）", requirement, "12月底前"])
    return rows


def timed(path):
    """Bring the file in; return the seconds of each step."""
    office = User.objects.get(username="load-office")
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(office)
    marks = [time.perf_counter()]
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    received = imports.receive(upload, by=office, year=2024)
    imports.read_file(received, read_limited)
    marks.append(time.perf_counter())
    answer = browser.get(reverse("tasks:import-file", args=[received.pk]))
    if answer.status_code != 200:
        raise RuntimeError(f"The preview answered {answer.status_code}.")
    marks.append(time.perf_counter())
    received.refresh_from_db()
    plan = imports.take(received, by=office, version=received.version)
    marks.append(time.perf_counter())
    steps = zip(("read", "preview", "write"), marks, marks[1:], strict=False)
    return {"rows": plan.tasks.count(), **{name: end - begun for name, begun, end in steps}}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        found = [timed(NOTICE)]
        for asked in map(int, sys.argv[1:]):
            found.append(timed(xlsx_file(Path(folder) / f"{asked}.xlsx", big_table(asked))))
    print(json.dumps(found))
