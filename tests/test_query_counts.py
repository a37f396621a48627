"""The number of queries of a page or file does not grow with the data."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role, UnitKind
from tasks.choices import DutyRole
from tasks.models import AutoReminder, ProgressReport, ReminderItem
from tasks.services import progress, reviews
from tests.factories import (
    AssignmentFactory,
    DesignationFactory,
    EvidenceFactory,
    PlanFactory,
    PlanImportFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    chase,
    claim,
    hand_in,
)
from tests.world import build_county, supervise

pytestmark = pytest.mark.django_db

PAGES = [
    ("reports:dashboard", None, ""),
    ("reports:dashboard", None, "?as_of=2024-09-30"),
    ("tasks:tasks", None, ""),
    ("tasks:tasks", None, "?light=overdue"),
    ("tasks:task", "task", ""),
    ("tasks:task", "task", "?as_of=2024-09-30"),
    ("tasks:assignments", None, "?per_page=200"),
    ("tasks:assignments", None, "?per_page=200&as_of=2024-09-30&sort=light"),
    ("tasks:assignment", "duty", ""),
    ("tasks:overdue", None, "?per_page=200"),
    ("tasks:overdue", None, "?receipt=late"),
    ("tasks:supervision", None, ""),
    ("tasks:receipts", None, ""),
    ("tasks:reminders", None, ""),
    ("tasks:day", "day", ""),
    ("reports:units", None, "?per_page=200"),
    ("reports:export-assignments", None, ""),
    ("reports:export-overdue", None, ""),
    ("reports:export-tasks", None, ""),
    ("reports:export-units", None, ""),
    ("reports:export-ledger", None, ""),
]
PLAN_PAGES = [
    ("tasks:plans", None, ""),
    ("tasks:plan", "plan", ""),
    ("tasks:resolve", "plan", ""),
    ("tasks:amend", "task", ""),
    ("tasks:import", None, ""),
    ("tasks:roll-over", "plan", ""),
    ("tasks:compare", "plan", ""),
    ("tasks:notifications", None, ""),
    ("tasks:supervision-rules", "plan", ""),
    ("reports:plan-docx", "plan", ""),
    ("reports:plan-xlsx", "plan", ""),
]
UNIT_PAGES = [
    ("reports:unit", "town", "?per_page=200"),
    ("reports:export-unit", "town", ""),
    ("tasks:reminder", "reminder", ""),
    ("reports:supervision-notice", "reminder", ""),
]
LEAD_PAGES = [("reports:unit", "lead_unit", "?per_page=200"), ("reports:export-unit", "lead_unit", "")]
REVIEW_PAGES = [
    ("tasks:reviews", None, "?per_page=200"),
    ("tasks:review", "report", ""),
    ("reports:export-reviews", None, ""),
]
ADMIN_PAGES = [
    ("admin:tasks_assignment_changelist", None, ""),
    ("admin:tasks_progressreport_changelist", None, ""),
    ("admin:tasks_evidence_changelist", None, ""),
    ("admin:tasks_transition_changelist", None, ""),
    ("admin:tasks_task_changelist", None, ""),
    ("admin:departments_unit_changelist", None, ""),
    ("admin:departments_user_changelist", None, ""),
]
ASKED = {
    "administrator": PAGES + UNIT_PAGES + REVIEW_PAGES + ADMIN_PAGES,
    "office": PAGES + UNIT_PAGES + REVIEW_PAGES + PLAN_PAGES,
    "lead": [*PAGES, *LEAD_PAGES, ("tasks:report", "lead_duty", "")],
    "liaison": [*PAGES, *UNIT_PAGES, ("tasks:report", "duty", "")],
}


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
        supervise_more(county, AssignmentFactory(task=late, unit=county.town))
        claim(AssignmentFactory(task=county.task, unit=unit))
        PlanFactory(state="draft")
        PlanImportFactory()
        reviews.approve(hand_in(AssignmentFactory(task=late, unit=unit), evidence=2), by=reviewer)
    county.draft.evidence.all().delete()
    for _ in range(number):
        report = hand_in(county.duty, by=county.people["liaison"], evidence=2)
        reviews.return_(report, by=reviewer, comment="请补充。")
        EvidenceFactory(report=county.report)


def supervise_more(county, duty):
    """Chase one more duty, with the reminder that there is and with one of its own; and remind of it by itself."""
    ReminderItem.objects.create(reminder=county.reminder, assignment=duty)
    chase(duty, by=county.people["office"])
    chase(duty, by=county.people["lead"])
    AutoReminder.objects.create(
        assignment=duty, kind="silent", anchor=duty.owed_from, stage=1, on=county.day.pk, at=timezone.now()
    )


def queries(client, county, address):
    name, argument, query = address
    path = reverse(name, args=[getattr(county, argument).pk] if argument else []) + query
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
        if response.streaming:
            b"".join(response.streaming_content)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize("role", ASKED)
def test_queries_do_not_grow_with_the_data(client, evidence_folder, role):
    county = supervise(build_county())
    client.force_login(county.people[role])
    grow(county, 3)
    few = {address: queries(client, county, address) for address in ASKED[role]}

    grow(county, 27)

    assert {address: queries(client, county, address) for address in ASKED[role]} == few


def test_submitting_asks_as_often_however_long_the_history(client, evidence_folder):
    county = supervise(build_county())
    client.force_login(county.people["liaison"])
    progress.discard_draft(county.duty, by=county.people["liaison"])
    submitting(client, county, "先做了一些。")
    grow(county, 3)
    few = submitting(client, county, "又做了一些。")

    grow(county, 27)

    assert submitting(client, county, "再做了一些。") == few


def submitting(client, county, text):
    typed = {"action": "submit", "version": 0, "text": text, "attested": "on", "attested_name": "审查人"}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse("tasks:report", args=[county.duty.pk]), typed)
    assert response.status_code == 302
    return len(captured)


@pytest.mark.parametrize("role", ["office", "lead"])
def test_what_a_step_will_do_to_many_is_shown_in_as_many_queries(client, evidence_folder, role):
    county = supervise(build_county())
    client.force_login(county.people[role])
    grow(county, 3)
    few = choosing(client, county)

    grow(county, 27)

    assert choosing(client, county) == few


def choosing(client, county):
    chosen = {"plan": county.plan.pk, "action": "remind", "scope": "all", "query": ""}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse("tasks:bulk"), chosen)
    assert response.status_code == 200
    return len(captured)


def test_reports_to_be_approved_together_are_shown_in_as_many_queries(client, evidence_folder):
    county = supervise(build_county())
    client.force_login(county.people["reviewer"])
    grow(county, 3)
    few = reading(client)

    grow(county, 27)

    assert reading(client) == few


def reading(client):
    waiting = ProgressReport.objects.waiting().values_list("pk", "version")
    ticked = {"report": [f"{pk}:{version}" for pk, version in waiting]}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse("tasks:approve-several"), ticked)
    assert response.status_code == 200
    return len(captured)
