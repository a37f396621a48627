"""What waits for a unit's leader is its unit's alone: on every page, in every file, in every figure."""

import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from reports import figures
from tasks.models import Assignment, Evidence, ProgressReport
from tasks.scope import Scope
from tasks.services.progress import draft_versions, reports
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

from .environment import LONG
from .factories import AssignmentFactory, EvidenceFactory, TaskFactory, UserFactory, asks_its_leader, claim
from .test_access import READS_ALL, ROLES

pytestmark = pytest.mark.django_db

WORDS = "尚在院内的文字"
OUTSIDE = [role for role in ROLES if role not in ("anonymous", "liaison", "leader")]
READ_ALIKE = () if LONG else ("auditor", "office")  # read as the reviewer and the administrator do


@pytest.fixture
def waiting(county):
    """The town's claim on a row that the commerce bureau leads, with a file and earlier words, before its leader."""
    county.town.leader_approves = True
    county.town.save()
    reports.discard_draft(county.duty, by=county.people["liaison"])
    report = claim(county.duty, by=county.people["liaison"], text=WORDS, obstacles=WORDS, next_steps=WORDS)
    assert report.state == "awaiting_leader"
    item = report.evidence.get()
    item.title, item.stored, item.url = WORDS, county.item.stored, ""
    item.save()
    draft_versions.keep(report)
    return report


def everywhere(county, report):
    """Every address on which a report, its evidence or a figure of it could stand."""
    duty, task, town, plan = county.duty.pk, county.task.pk, county.town.pk, f"?plan={county.plan.pk}"
    yield from (
        reverse("tasks:tasks") + plan,
        reverse("tasks:task", args=[task]),
        reverse("tasks:assignments") + plan,
        reverse("tasks:assignment", args=[duty]),
        reverse("tasks:report", args=[county.lead_duty.pk]),
        reverse("tasks:reviews"),
        reverse("tasks:review", args=[report.pk]),
        reverse("tasks:review", args=[county.report.pk]),
        reverse("tasks:overdue"),
        reverse("tasks:leader-approvals"),
        reverse("tasks:leader-approval", args=[report.pk]),
        reverse("tasks:lead-opinions"),
        reverse("tasks:lead-task", args=[task]),
        reverse("reports:dashboard"),
        reverse("reports:units"),
        reverse("reports:unit", args=[town]),
        reverse("reports:export-assignments"),
        reverse("reports:export-overdue"),
        reverse("reports:export-reviews"),
        reverse("reports:export-tasks"),
        reverse("reports:export-units"),
        reverse("reports:export-unit", args=[town]),
        reverse("reports:export-ledger"),
        reverse("reports:export-ledger") + "?format=xlsx",
        reverse("admin:tasks_progressreport_changelist"),
        reverse("admin:tasks_progressreport_change", args=[report.pk]),
        reverse("admin:tasks_evidence_changelist"),
    )


def text_of(response):
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())


@pytest.mark.parametrize("role", [role for role in OUTSIDE if role not in READ_ALIKE])
def test_nobody_outside_the_unit_finds_a_word_of_it(client, county, waiting, role):
    client.force_login(county.people[role])

    found = [address for address in everywhere(county, waiting) if WORDS in text_of(client.get(address, follow=True))]

    assert found == []
    assert client.get(reverse("tasks:evidence", args=[waiting.evidence.get().pk])).status_code == 404
    assert list(ProgressReport.objects.visible_to(county.people[role]).filter(pk=waiting.pk)) == []
    assert list(Evidence.objects.visible_to(county.people[role]).filter(report=waiting)) == []


@pytest.mark.parametrize("role", ["liaison", "leader"])
def test_its_own_people_find_it(client, county, waiting, role):
    client.force_login(county.people[role])

    duty_page = text_of(client.get(reverse("tasks:assignment", args=[county.duty.pk])))

    assert "待分管领导审签" in duty_page
    assert client.get(reverse("tasks:evidence", args=[waiting.evidence.get().pk])).status_code == 200
    page = "tasks:leader-approval" if role == "leader" else "tasks:report"
    assert WORDS in text_of(client.get(reverse(page, args=[waiting.pk if role == "leader" else county.duty.pk])))


@pytest.mark.parametrize("role", READS_ALL)
def test_the_same_figures_as_if_it_were_not_there(client, county, waiting, role):
    user = county.people[role]

    def shown():
        duties = Assignment.objects.shown_to(user, county.plan)
        submitted = figures.submitted(Scope(user, county.plan, timezone.localdate()))
        return (
            duties.light_counts("task"),
            figures.totals(figures.counted(duties)),
            list(figures.still_waiting(submitted)),
            list(submitted.latest_first()),
        )

    with_it = shown()
    reports.withdraw(waiting, by=county.people["liaison"])
    reports.discard_draft(county.duty, by=county.people["liaison"])

    assert shown() == with_it


def test_neither_today_nor_any_past_evening_counts_it():
    days = [dt.date(2024, 9, day) for day in (9, 10, 11)]
    touched, untouched = (AssignmentFactory(task=TaskFactory(due_on="2024-09-10")) for _ in range(2))
    asks_its_leader(touched.unit)
    with time_machine.travel(on_day(days[1]), tick=False):
        report = claim(touched)
        EvidenceFactory(report=report)

    def lit(duty):
        with time_machine.travel(on_day(days[2]), tick=False):
            found = []
            for day in days:
                with evening(day):
                    found.append(Assignment.objects.with_light().get(pk=duty.pk))
        return [(one.light, one.is_late, one.status, one.days_left) for one in found]

    assert (
        lit(touched)
        == lit(untouched)
        == [
            ("due_soon", False, "not_started", 1),
            ("due_soon", False, "not_started", 0),
            ("overdue", False, "not_started", -1),
        ]
    )


def test_office_staff_of_the_unit_read_it_as_they_read_its_drafts(county, waiting):
    person = UserFactory(role=Role.OFFICE, unit=county.town)

    assert waiting in ProgressReport.objects.visible_to(person)
    assert waiting not in ProgressReport.objects.visible_to(person).submitted()
