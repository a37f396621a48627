"""The number of queries of a page or file does not grow with the data."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.choices import Role, UnitKind
from tasks.choices import DutyRole
from tasks.services import reviews
from tests.factories import (
    AssignmentFactory,
    DesignationFactory,
    EvidenceFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    hand_in,
)
from tests.world import build_county

pytestmark = pytest.mark.django_db

ADDRESSES = [
    ("reports:dashboard", None, ""),
    ("reports:dashboard", None, "?as_of=2024-09-30"),
    ("tasks:tasks", None, ""),
    ("tasks:task", "task", ""),
    ("tasks:assignments", None, "?per_page=200"),
    ("tasks:assignment", "duty", ""),
    ("tasks:reviews", None, "?per_page=200"),
    ("tasks:review", "report", ""),
    ("tasks:overdue", None, "?per_page=200"),
    ("reports:units", None, ""),
    ("reports:unit", "town", ""),
    ("reports:export-assignments", None, ""),
    ("reports:export-overdue", None, ""),
    ("reports:export-reviews", None, ""),
    ("reports:export-tasks", None, ""),
    ("reports:export-units", None, ""),
    ("reports:export-unit", "town", ""),
    ("reports:export-ledger", None, ""),
    ("admin:tasks_assignment_changelist", None, ""),
    ("admin:tasks_progressreport_changelist", None, ""),
    ("admin:tasks_transition_changelist", None, ""),
    ("admin:tasks_task_changelist", None, ""),
    ("admin:departments_unit_changelist", None, ""),
    ("admin:departments_user_changelist", None, ""),
]


def grow(county, number):
    """Add rows, units, reports with evidence, steps: more of everything that a page shows."""
    reviewer = UserFactory(role=Role.REVIEWER)
    section = SectionFactory(part=county.task.section.part)
    for _ in range(number):
        unit = UnitFactory(kind=UnitKind.TOWNSHIP)
        late = TaskFactory(section=section, due_on="2024-07-01")
        DesignationFactory(task=late, role=DutyRole.LEAD, unit=county.lead_unit)
        DesignationFactory(task=late, unit=unit)
        AssignmentFactory(task=late, unit=county.lead_unit, role=DutyRole.LEAD, coordinates=True)
        AssignmentFactory(task=late, unit=county.town)
        claim(AssignmentFactory(task=county.task, unit=unit))
        reviews.approve(hand_in(AssignmentFactory(task=late, unit=unit), evidence=2), by=reviewer)
    county.draft.evidence.all().delete()
    for _ in range(number):
        report = hand_in(county.duty, by=county.people["liaison"], evidence=2)
        reviews.return_(report, by=reviewer, comment="请补充。")
        EvidenceFactory(report=county.report)


def queries(client, county, address):
    name, argument, query = address
    path = reverse(name, args=[getattr(county, argument).pk] if argument else []) + query
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
        if response.streaming:
            b"".join(response.streaming_content)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize("role", ["administrator", "lead", "liaison"])
def test_queries_do_not_grow_with_the_data(client, evidence_folder, role):
    county = build_county()
    client.force_login(county.people[role])
    asked = [a for a in ADDRESSES if role == "administrator" or ("review" not in a[0] and "admin" not in a[0])]
    if role == "lead":
        asked = [a for a in asked if a[1] != "town"]
    grow(county, 3)
    few = {address: queries(client, county, address) for address in asked}

    grow(county, 6)

    assert {address: queries(client, county, address) for address in asked} == few
