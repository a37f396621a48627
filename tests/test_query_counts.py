"""The number of queries of a page or file does not grow with the data."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role, UnitKind
from departments.models import Unit
from reports.models import AssessmentRow
from tasks.choices import DutyRole
from tasks.models import AutomaticReminder, Evidence, ProgressReport, ReminderItem, awaiting_opinion
from tasks.services.deadlines import suspension
from tasks.services.progress import lead_opinions, reports, reviews
from tasks.tables import AssignmentTable
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web import rate_limits

from .audit.trails import unguarded
from .environment import LONG
from .factories import (
    AnswerFactory,
    AssessmentFactory,
    AssignmentFactory,
    DeputyFactory,
    DesignationFactory,
    EvidenceFactory,
    ExtensionFactory,
    GuidanceFactory,
    OutgoingMailFactory,
    PlanFactory,
    PlanImportFactory,
    QuestionFactory,
    RoundItemFactory,
    SavedViewFactory,
    SectionFactory,
    SignInFactory,
    SignInFailureFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    chase,
    claim,
    submit,
)
from .world import build_county, supervise

pytestmark = pytest.mark.django_db

ONCE_A_MINUTE = ("departments_usersession", "django_session", "SAVEPOINT")
"""What is in the queries by which a session is stored."""

EVERY_COLUMN = ",".join(name for name in AssignmentTable.base_columns if name not in AssignmentTable.first)
COUNTY_PAGES = [
    ("reports:dashboard", None, ""),
    ("reports:dashboard", None, "?as_of=2024-09-30"),
    ("reports:ranking", None, ""),
]
PAGES = [
    ("tasks:tasks", None, ""),
    ("tasks:tasks", None, "?light=overdue"),
    ("tasks:entered", None, ""),
    ("tasks:task", "task", ""),
    ("tasks:task", "task", "?as_of=2024-09-30"),
    ("tasks:assignments", None, "?per_page=200"),
    ("tasks:assignments", None, f"?per_page=200&columns={EVERY_COLUMN}&period=none"),
    ("tasks:saved-views", None, ""),
    ("tasks:assignments", None, "?per_page=200&as_of=2024-09-30&sort=light"),
    ("tasks:assignment", "duty", ""),
    ("tasks:discussion", "task", ""),
    ("tasks:discussion", "task", "?as_of=2024-09-30"),
    ("tasks:questions", None, "?per_page=200"),
    ("tasks:overdue", None, "?per_page=200"),
    ("tasks:extensions", None, "?per_page=200"),
    ("tasks:suspended", None, "?per_page=200"),
    ("tasks:overdue", None, "?acknowledgement=late"),
    ("tasks:supervision", None, ""),
    ("tasks:acknowledgements", None, ""),
    ("tasks:reminders", None, ""),
    ("tasks:reminders", None, "?as_of=2024-09-30"),
    ("tasks:reminder-items", None, "?per_page=200"),
    ("reports:export-reminders", None, ""),
    ("reports:export-reminder-items", None, ""),
    ("tasks:automatic-reminders", "day", ""),
    ("reports:submitted-reports", None, "?per_page=200"),
    ("reports:submitted-reports", None, "?per_page=200&as_of=2024-09-30"),
    ("reports:export-submitted-reports", None, ""),
    ("reports:units", None, "?per_page=200"),
    ("reports:search", None, "?q=发布"),
    ("reports:search", None, "?q=发布&in=reports"),
    ("reports:matrix", None, ""),
    ("reports:matrix", None, "?as_of=2024-09-30&light=not_started"),
    ("tasks:rounds", None, ""),
    ("reports:export-rounds", None, ""),
    ("reports:export-extensions", None, ""),
    ("reports:export-questions", None, ""),
    ("tasks:tasks", None, "?columns=part,lights,owed,supplement"),
    ("reports:export-tasks", None, "?columns=part,lights,owed,lead"),
    ("reports:export-assignments", None, ""),
    ("reports:export-assignments", None, f"?columns={EVERY_COLUMN}"),
    ("reports:export-overdue", None, ""),
    ("reports:export-tasks", None, ""),
    ("reports:export-units", None, ""),
    ("reports:export-ledger", None, ""),
    ("reports:export-annual-report", None, ""),
    ("reports:export-annual-report", None, "?as_of=2024-12-31"),
    ("reports:assessment", None, ""),
    ("reports:assessment", None, "?as_of=2024-09-30"),
    ("reports:published-assessment", "assessment", ""),
    ("reports:export-assessment", None, ""),
    ("reports:export-published-assessment", "assessment", ""),
    ("reports:files", None, ""),
    ("reports:export-package", None, ""),
    ("reports:export-package", None, "?as_of=2024-09-30"),
    ("reports:export-summary", None, ""),
    ("reports:export-summary", None, "?as_of=2024-09-30&role=lead"),
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
    ("tasks:outbox", None, "?state=waiting"),
    ("tasks:me", None, ""),
    ("departments:sessions", None, ""),
    ("departments:people", None, ""),
    ("departments:people", None, "?show=never"),
    ("departments:person", "person", ""),
    ("departments:move-person", "person", ""),
    ("departments:add-unit", None, ""),
    ("tasks:open-page", "plan", ""),
    ("tasks:new-round", None, ""),
    ("reports:rubric", None, ""),
    ("tasks:round", "round", "?per_page=200"),
    ("tasks:round", "round", "?per_page=200&submission=missing"),
    ("reports:export-round", "round", ""),
    ("tasks:reopen-round", "round", ""),
    ("tasks:undo-issue", "plan", ""),
    ("tasks:undo-extension", "duty", ""),
    ("tasks:undo-decision", "extension", ""),
    ("tasks:suspend", "duty", ""),
    ("tasks:reassign", "duty", ""),
    ("tasks:reminder-rules", "plan", ""),
    ("tasks:phrases", None, ""),
    ("reports:plan-docx", "plan", ""),
    ("reports:plan-xlsx", "plan", ""),
    ("reports:export-bulletin", None, ""),
    ("reports:export-bulletin", None, "?as_of=2024-12-31"),
    ("reports:bulletins", None, ""),
    ("reports:bulletin", "bulletin", ""),
    ("reports:templates", None, ""),
    ("reports:public-preview", "plan", ""),
    ("reports:audit", None, "?per_page=200"),
    ("reports:audit-entry", "trace", ""),
    ("reports:export-audit", None, ""),
]
UNIT_PAGES = [
    ("tasks:extension", "extension", ""),
    ("tasks:question", "question", ""),
    ("reports:unit", "town", ""),
    ("reports:unit", "town", "?as_of=2024-09-30"),
    ("reports:export-unit", "town", ""),
    ("tasks:reminder", "reminder", ""),
    ("reports:supervision-notice", "reminder", ""),
]
ROUND_PAGES = [("tasks:round", "round", "?per_page=200"), ("reports:export-round", "round", "")]
LEAD_PAGES = [("reports:unit", "lead_unit", ""), ("reports:export-unit", "lead_unit", "")]
OPINION_PAGES = [("tasks:lead-opinions", None, ""), ("tasks:lead-task", "task", "")]
REVIEW_PAGES = [
    ("tasks:worklist", None, ""),
    ("tasks:reviews", None, "?per_page=200"),
    ("tasks:reviews", None, "?per_page=200&columns=part,section,role,due_on,author,how_entered,review_stage"),
    ("tasks:review", "report", ""),
    ("tasks:undo-review", "report", ""),
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
WITHOUT_FILES = [page for page in PAGES if LONG or not page[0].startswith("reports:export-")]
"""What is read with the rows of one unit or of all has its files counted for those two in the short form."""
ADDRESSES = {
    "administrator": ADMIN_PAGES,  # the rest is the office's
    "office": COUNTY_PAGES + PAGES + UNIT_PAGES + REVIEW_PAGES + PLAN_PAGES,
    "lead": [*WITHOUT_FILES, *LEAD_PAGES, *OPINION_PAGES, ("tasks:report", "lead_duty", "")],
    "liaison": [
        *PAGES,
        *UNIT_PAGES,
        *ROUND_PAGES,
        ("tasks:report", "duty", ""),
        ("tasks:ask-extension", "duty", ""),
        ("tasks:handover", None, ""),
        ("departments:own-unit", None, ""),
    ],
    "leader": [
        ("tasks:handover", None, ""),
        ("tasks:leader-approvals", None, ""),
        ("tasks:leader-approval", "awaiting_leader", ""),
        ("departments:own-unit", None, ""),
    ],
}


FEW, MORE = 2, 4
"""How much of everything there is at first, and how much more then."""


def grow(county, number):
    """Add rows, units, reports with evidence, steps: more of everything that a page shows."""
    reviewer, office = UserFactory(role=Role.REVIEWER), UserFactory(role=Role.OFFICE)
    section = SectionFactory(part=county.task.section.part)
    for _ in range(number):
        unit = UnitFactory(kind=UnitKind.TOWNSHIP)
        late = TaskFactory(section=section, due_on="2024-07-01")
        DesignationFactory(task=late, role=DutyRole.LEAD, unit=county.lead_unit)
        DesignationFactory(task=late, unit=unit)
        AssignmentFactory(task=late, unit=county.lead_unit, role=DutyRole.LEAD, coordinates=True)
        own = AssignmentFactory(task=late, unit=county.town)
        ExtensionFactory(assignment=own, old_due_on=dt.date(2024, 7, 1))
        supervise_more(county, own)
        suspended = AssignmentFactory(task=TaskFactory(section=section), unit=county.town)
        suspension.suspend(suspended, by=office, reason="等待上级文件。")
        claim(AssignmentFactory(task=county.task, unit=unit))
        RoundItemFactory(round=county.round, assignment=AssignmentFactory(task=late))
        RoundItemFactory(round=county.round, assignment=late.assignments.get(unit=county.town))
        RoundItemFactory(assignment=county.duty)
        PlanFactory(state="draft")
        PlanImportFactory()
        OutgoingMailFactory()
        for person in ("office", "liaison"):
            SavedViewFactory(owner=county.people[person], sharing="county" if person == "office" else "unit")
            SavedViewFactory(owner=county.people[person])
        reviews.approve(submit(AssignmentFactory(task=late, unit=unit), evidence=2), by=reviewer, quality=4)
        discuss(county)
        AssessmentFactory(plan=county.plan)
        about = {"unit_name": unit.name, "group": "townships", "rank": 1, "total": 0, "parts": []}
        AssessmentRow.objects.create(assessment=county.assessment, unit=unit, **about)
        lead_opinions.give(submit(AssignmentFactory(task=county.task)), by=county.people["lead"], opinion="endorsed")
        before_the_leader(county, section)
        DeputyFactory(unit=county.town)
        record(Kind.CHANGE, "测试操作", by=UserFactory(), on=own)
        SignInFactory(user=county.people["office"])
        guessed = SignInFactory().user
        SignInFailureFactory.create_batch(6, user=guessed, address=f"10.0.{guessed.pk % 256}.8")
    with unguarded(Evidence):  # the draft was submitted meanwhile
        county.draft.evidence.all().delete()
    for _ in range(number):
        report = submit(county.duty, by=county.people["liaison"], evidence=2)
        reviews.return_(report, by=reviewer, comment="请补充。")
        EvidenceFactory(report=county.report)


def discuss(county):
    """The town asks, the office and the lead answer, one answer is pinned; the office asks all holders."""
    asked = QuestionFactory(task=county.task, by=county.people["liaison"])
    AnswerFactory(question=county.question, by=county.people["lead"], as_lead=True)
    GuidanceFactory(answer=AnswerFactory(question=asked, by=county.people["office"]))
    AnswerFactory(question=asked, by=county.people["liaison"], is_askers=True)
    to_all = QuestionFactory(task=county.task, by=county.people["office"])
    AnswerFactory(question=to_all, by=county.people["liaison"])
    step = county.duty.transitions.filter(event="returned").first()
    QuestionFactory(task=county.task, by=county.people["liaison"], step=step)


def before_the_leader(county, section):
    """One more report of the town's waits for its leader."""
    Unit.objects.filter(pk=county.town.pk).update(leader_approves=True)
    duty = AssignmentFactory(task=TaskFactory(section=section), unit=Unit.objects.get(pk=county.town.pk))
    county.awaiting_leader = submit(duty, by=county.people["liaison"], evidence=1)
    Unit.objects.filter(pk=county.town.pk).update(leader_approves=False)


def supervise_more(county, duty):
    """Chase one more duty, with the reminder that there is and with one of its own; and remind of it by itself."""
    ReminderItem.objects.create(reminder=county.reminder, assignment=duty)
    chase(duty, by=county.people["office"])
    chase(duty, by=county.people["lead"])
    AutomaticReminder.objects.create(
        assignment=duty, kind="silent", anchor=duty.owed_from, stage=1, on=county.day.pk, at=timezone.now()
    )


@pytest.fixture
def county(county):
    return supervise(county)


def queries(client, county, address):
    name, argument, query = address
    path = reverse(name, args=[getattr(county, argument).pk] if argument else []) + query
    connection.queries_log.clear()  # it takes no more than 9,000
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
        if response.streaming:
            b"".join(response.streaming_content)
    assert response.status_code == 200
    return sum(not any(words in query["sql"] for words in ONCE_A_MINUTE) for query in captured)


@pytest.fixture(scope="module")
def shared_counts(share):
    """The queries of each role's pages, asked for when there is a little of everything and again when there is more."""
    return share(count_twice)


def count_twice():
    county = supervise(build_county())
    grow(county, FEW)
    few = {role: queries_of(county, role) for role in ADDRESSES}
    grow(county, MORE)
    return few, {role: queries_of(county, role) for role in ADDRESSES}


def queries_of(county, role):
    client = Client()
    client.force_login(county.people[role])
    for limit in rate_limits.OF_PAGES.values():
        rate_limits.take(limit, county.people[role])  # the first time costs more
    return {address: queries(client, county, address) for address in ADDRESSES[role]}


@pytest.mark.parametrize("role", ADDRESSES)
def test_queries_do_not_grow_with_the_data(shared_counts, role):
    few, many = shared_counts.made

    assert many[role] == few[role]


def test_submitting_asks_as_often_however_long_the_history(client, county):
    client.force_login(county.people["liaison"])
    reports.discard_draft(county.duty, by=county.people["liaison"])
    submitting(client, county, "先做了一些。")
    grow(county, FEW)
    few = submitting(client, county, "又做了一些。")

    grow(county, MORE)

    assert submitting(client, county, "再做了一些。") == few


def submitting(client, county, text):
    typed = {"action": "submit", "version": 0, "text": text, "attested": "on", "attested_name": "审查人"}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse("tasks:report", args=[county.duty.pk]), typed)
    assert response.status_code == 302
    return len(captured)


@pytest.mark.parametrize("role", ["office", "lead"])
def test_what_a_step_will_do_to_many_is_shown_in_as_many_queries(client, county, role):
    client.force_login(county.people[role])
    grow(county, FEW)
    few = choosing(client, county)

    grow(county, MORE)

    assert choosing(client, county) == few


def choosing(client, county):
    chosen = {"plan": county.plan.pk, "action": "remind", "scope": "all", "query": ""}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse("tasks:bulk"), chosen)
    assert response.status_code == 200
    return len(captured)


def test_reports_to_be_approved_together_are_shown_in_as_many_queries(client, county):
    client.force_login(county.people["reviewer"])
    grow(county, FEW)
    few = reading(client)

    grow(county, MORE)

    assert reading(client) == few


def reading(client):
    waiting = ProgressReport.objects.waiting().values_list("pk", "version")
    ticked = {"report": [f"{pk}:{version}" for pk, version in waiting]}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse("tasks:approve-several"), ticked)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("role", "name"), [("leader", "tasks:approve-several-as-leader"), ("lead", "tasks:endorse-several")]
)
def test_what_is_answered_together_in_the_units_is_shown_in_as_many_queries(client, county, role, name):
    user = county.people[role]
    client.force_login(user)
    grow(county, 3)
    few = previewing(client, user, name)

    grow(county, 9)

    assert previewing(client, user, name) == few


def previewing(client, user, name):
    seen = ProgressReport.objects.visible_to(user)
    waiting = seen.awaiting_leader() if user.role == Role.LEADER else awaiting_opinion(seen, user)
    ticked = {"report": [f"{pk}:{version}" for pk, version in waiting.values_list("pk", "version")]}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(reverse(name), ticked)
    assert response.status_code == 200
    return len(captured)
