"""A row of the table on which many units may report now: makes it, or counts the reports on it."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from departments.models import User  # noqa: E402
from tasks.models import Assignment, Plan, ProgressReport, Task  # noqa: E402

REQUIREMENT = "做好重点领域信息公开工作，及时发布相关政策措施，加强解读回应。"


def make(count):
    """Add a row to the latest plan that `count` units owe, and return `{"id", "username"}` of each duty."""
    last = Task.objects.filter(plan=Plan.objects.chosen()).order_by("-number").first()
    today = timezone.localdate()
    about = {"plan": last.plan, "section": last.section, "requirement": REQUIREMENT, "due_on": today}
    row = Task.objects.create(number=last.number + 1, **about)
    made = []
    for person in User.objects.filter(role="liaison", is_active=True).order_by("pk")[:count]:
        owed = {"owed_from": last.plan.issued_on, "due_on": today, "first_due_on": today}
        duty = Assignment.objects.create(plan=last.plan, task=row, unit=person.unit, role="responsible", **owed)
        made.append({"id": duty.pk, "username": person.username})
    return made


if __name__ == "__main__":
    if sys.argv[1] == "make":
        print(json.dumps(make(int(sys.argv[2]))))
    else:
        print(ProgressReport.objects.submitted().filter(assignment__in=sys.argv[2:]).count())
