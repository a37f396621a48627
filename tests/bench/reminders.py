"""The day's reminding over many open duties, in a process of its own: seconds, queries, memory that it grew by.

Takes the number of duties. They are all open and due within a year, so that about a third has something to be told. The
work is done twice: the first time everything is new, the second time nothing is.
"""

import json
import os
import resource
import sys
import time
from datetime import date, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:25")  # mails are written, and not sent
django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from departments.models import User  # noqa: E402
from tasks.models import Assignment, Part, Plan, Section, SupervisionRules, Task  # noqa: E402
from tasks.services.supervision import automatic_reminders  # noqa: E402


def fill(count):
    """Make one plan of this year with `count` open duties of all liaisons' units."""
    today = timezone.localdate()
    SupervisionRules.objects.update(is_on=False)
    began = date(today.year, 1, 1)
    plan = Plan.objects.create(year=today.year, title=f"{count}件", issued_on=began, state="issued")
    SupervisionRules.objects.create(plan=plan)
    section = Section.objects.create(part=Part.objects.create(plan=plan, order=1), order=1)
    liaisons = User.objects.filter(role="liaison", is_active=True).order_by("unit")  # in their own order units repeat
    units = list(liaisons.values_list("unit", flat=True).distinct())
    requirement = "做好重点领域信息公开工作，及时发布相关政策措施，加强解读回应。"
    tasks = [
        Task(
            plan=plan,
            section=section,
            number=number,
            requirement=requirement,
            due_on=today + timedelta(days=number % 365 - 60),
        )
        for number in range(1, count // len(units) + 2)
    ]
    Task.objects.bulk_create(tasks, batch_size=2000)
    rows = ((task, unit) for task in tasks for unit in units)
    duties = [
        Assignment(plan=plan, task=task, unit_id=unit, role="lead", owed_from=began, due_on=task.due_on)
        for (task, unit), _ in zip(rows, range(count), strict=False)
    ]
    for duty in duties:
        duty.first_due_on = duty.due_on
    Assignment.objects.bulk_create(duties, batch_size=2000)


def measured():
    """Do the day's work; return what it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        outcome = automatic_reminders.remind()
        queries = len(captured)
    return {
        "seconds": time.perf_counter() - begun,
        "queries": queries,
        "duties": outcome.duties,
        "people": outcome.people,
        "grown_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        User.objects.filter(role="liaison").update(email="liaison@example.gov.cn")
        fill(int(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(measured()))
