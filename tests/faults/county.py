"""Fills an empty, migrated database: units with a liaison and duties each, reviewers. Run in a process of its own."""

# ruff: noqa: E402

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"

import django

django.setup()

from django.contrib.auth.hashers import make_password
from django.db import transaction

from departments.choices import Role
from departments.models import User
from tasks.models import Assignment, ProgressReport
from tasks.services.progress import reports
from tests.factories import AssignmentFactory, PartFactory, PlanFactory, SectionFactory, TaskFactory, UserFactory

from .people import PASSWORD


def build(liaisons, duties, reviewers, waiting):
    """Make the county; `waiting` reports are submitted already. Gives who has which duties, and those reports."""
    section = SectionFactory(part=PartFactory(plan=PlanFactory()))
    tasks = [TaskFactory(section=section, number=number + 1) for number in range(duties)]
    people = [UserFactory(username=f"liaison{n}") for n in range(liaisons)]
    for n in range(reviewers):
        UserFactory(username=f"reviewer{n}", role=Role.REVIEWER)
    User.objects.update(password=make_password(PASSWORD))
    owed = {}
    for person in people:
        owed[person.username] = [AssignmentFactory(task=task, unit=person.unit).pk for task in tasks]
    for n in range(waiting):
        person = people[n % liaisons]
        _submit(owed[person.username].pop(), person)
    return {"duties": owed, "reports": list(ProgressReport.objects.order_by("pk").values_list("pk", flat=True))}


def _submit(duty, person):
    duty = Assignment.objects.get(pk=duty)
    reports.submit(duty, by=person, version=0, attested=True, attested_name="审查人", text="已发布政策三条。")


if __name__ == "__main__":
    with transaction.atomic():
        print(json.dumps(build(*map(int, sys.argv[1:]))))
