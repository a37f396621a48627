"""Several people act at once, each through a real connection of their own: nobody's step is lost or made twice."""

import contextlib
import threading
import time
from collections import Counter
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone

from departments.choices import Role
from tasks.choices import DutyRole, EvidenceKind, PlanState, ReportState, Status
from tasks.models import Assignment, Evidence
from tasks.services.plans import assignments, issuing
from tasks.services.progress import evidence, reports, reviews, sheets
from tests.factories import (
    AssignmentFactory,
    CollectiveFactory,
    DesignationFactory,
    PlanFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    claim,
    submit,
)
from tests.made_files import PDF
from tests.tasks.sheets import fill, received, sheet_of
from wenshang_disclosure.core.web.errors import Conflict, Refused
from wenshang_disclosure.files.models import StoredFile

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

ATTESTED = {"attested": True, "attested_name": "保密员甲"}
TIMEOUT_SECONDS = 30  # a deadlock is broken by PostgreSQL after one
ROUNDS = 5


def at_once(*acts):
    """Carry out `acts` at the same moment, each in a thread with its own connection; give results or errors."""
    outcomes = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def carry_out(place, act):
        try:
            connections["default"].ensure_connection()
            ready.wait(TIMEOUT_SECONDS)
            outcomes[place] = act()
        except Exception as error:  # noqa: BLE001 - what went wrong is the outcome
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carry_out, args=numbered, daemon=True) for numbered in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT_SECONDS)
    assert [thread.is_alive() for thread in threads] == [False] * len(threads)
    return outcomes


def told(outcomes):
    """Count what came out: `done`, or the name of the error."""
    return Counter(type(outcome).__name__ if isinstance(outcome, Exception) else "done" for outcome in outcomes)


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


# --- two reviewers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", ["approve", "return", "both"])
def test_of_eight_reviewers_of_one_report_exactly_one_wins(duty, answers):
    report = claim(duty)
    reviewers = UserFactory.create_batch(8, role=Role.REVIEWER)

    def answer(place, by):
        if answers == "approve" or answers == "both" and place % 2:
            return lambda: reviews.approve(report, by=by)
        return lambda: reviews.return_(report, by=by, comment="缺少发布链接。")

    outcomes = at_once(*(answer(place, by) for place, by in enumerate(reviewers)))

    report.refresh_from_db()
    duty.refresh_from_db()
    winner = next(by for by, outcome in zip(reviewers, outcomes, strict=True) if not isinstance(outcome, Exception))
    assert told(outcomes) == {"done": 1, "Conflict": 7}
    assert report.reviewed_by == winner
    assert duty.transitions.count() == 3
    assert (report.state, duty.status) in {
        (ReportState.APPROVED, Status.COMPLETED),
        (ReportState.RETURNED, Status.IN_PROGRESS),
    }
    assert all(str(winner) in str(outcome) for outcome in outcomes if isinstance(outcome, Conflict))


def test_of_eight_who_revoke_a_completion_exactly_one_wins(duty):
    reviews.approve(claim(duty), by=UserFactory(role=Role.OFFICE))
    people = UserFactory.create_batch(8, role=Role.OFFICE)

    outcomes = at_once(*(lambda by=by: reviews.revoke(duty, by=by, reason="链接失效。") for by in people))

    duty.refresh_from_db()
    assert told(outcomes) == {"done": 1, "Conflict": 7}
    assert (duty.status, duty.transitions.count()) == (Status.IN_PROGRESS, 4)


# --- a double submit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("saved", [False, True], ids=["empty form", "saved draft"])
@pytest.mark.parametrize("clicks", [2, 5])
def test_a_form_sent_several_times_submits_once_and_every_click_succeeds(duty, liaison, saved, clicks):
    version = reports.save_draft(duty, by=liaison, version=0, text="一稿。").version if saved else 0
    post = {"by": liaison, "version": version, "text": "已公开3条。", **ATTESTED}

    outcomes = at_once(*[lambda: reports.submit(duty, **post)] * clicks)

    assert told(outcomes) == {"done": clicks}
    assert len({report.pk for report in outcomes}) == 1
    assert (duty.reports.count(), duty.transitions.count()) == (1, 1)


def test_of_two_liaisons_who_submit_the_same_draft_one_wins(duty, liaison):
    draft = reports.save_draft(duty, by=liaison, version=0, text="一稿。")
    colleague = UserFactory(unit=duty.unit)

    outcomes = at_once(
        lambda: reports.submit(duty, by=liaison, version=draft.version, text="甲稿。", **ATTESTED),
        lambda: reports.submit(duty, by=colleague, version=draft.version, text="乙稿。", **ATTESTED),
    )

    report = duty.reports.get()
    assert told(outcomes) == {"done": 1, "Conflict": 1}
    assert (report.attested_by, report.text) in {(liaison, "甲稿。"), (colleague, "乙稿。")}
    assert duty.transitions.count() == 1


# --- a report edited in two tabs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("saved", [False, True], ids=["no draft yet", "saved draft"])
def test_of_two_tabs_that_save_the_same_version_one_wins(duty, liaison, saved):
    version = reports.save_draft(duty, by=liaison, version=0, text="一稿。").version if saved else 0

    outcomes = at_once(
        *(
            lambda text=text: reports.save_draft(duty, by=liaison, version=version, text=text)
            for text in ("甲稿。", "乙稿。")
        )
    )

    draft = duty.reports.get()
    kept = next(outcome for outcome in outcomes if not isinstance(outcome, Exception))
    assert told(outcomes) == {"done": 1, "Conflict": 1}
    assert (draft.version, draft.text) == (version + 1, kept.text)


def test_of_a_tab_that_saves_and_one_that_submits_one_wins(duty, liaison):
    for _ in range(ROUNDS):
        draft = reports.save_draft(duty, by=liaison, version=0, text="一稿。")

        outcomes = at_once(
            lambda draft=draft: reports.save_draft(duty, by=liaison, version=draft.version, text="改稿。"),
            lambda draft=draft: reports.submit(duty, by=liaison, version=draft.version, text="定稿。", **ATTESTED),
        )

        draft.refresh_from_db()
        assert told(outcomes) == {"done": 1, "Conflict": 1}
        assert (draft.state, draft.text) in {(ReportState.DRAFT, "改稿。"), (ReportState.SUBMITTED, "定稿。")}
        if draft.is_draft:
            reports.discard_draft(duty, by=liaison)


# --- submitting, taking back and answering ----------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["approve", "return"])
def test_of_the_author_who_withdraws_and_a_reviewer_who_answers_one_wins(answer):
    reviewer = UserFactory(role=Role.REVIEWER)
    for _ in range(ROUNDS):
        duty = AssignmentFactory()
        report = claim(duty)

        outcomes = at_once(
            lambda report=report: reports.withdraw(report, by=report.author),
            lambda report=report: (
                reviews.approve(report, by=reviewer)
                if answer == "approve"
                else reviews.return_(report, by=reviewer, comment="缺少发布链接。")
            ),
        )

        report.refresh_from_db()
        duty.refresh_from_db()
        last = duty.transitions.first()
        assert told(outcomes) == {"done": 1, "Conflict": 1}
        assert duty.transitions.count() == 3
        assert (report.state, duty.status) in {
            (ReportState.DRAFT, Status.IN_PROGRESS),
            (ReportState.APPROVED, Status.COMPLETED),
            (ReportState.RETURNED, Status.IN_PROGRESS),
        }
        assert (duty.status, duty.claimed_on, duty.awaits_answer) == (
            last.to_status,
            last.claimed_on,
            last.awaits_answer,
        )


def test_submitting_withdrawing_and_approving_at_once_ends_in_step_with_the_timeline():
    reviewer = UserFactory(role=Role.REVIEWER)
    for _ in range(ROUNDS):
        duty = AssignmentFactory()
        liaison = UserFactory(unit=duty.unit)
        earlier = submit(duty, by=liaison)
        draft = reports.save_draft(duty, by=liaison, version=0, text="二稿。")

        outcomes = at_once(
            lambda d=duty, v=draft.version, by=liaison: reports.submit(d, by=by, version=v, **ATTESTED),
            lambda report=earlier: reports.withdraw(report, by=report.author),
            lambda report=earlier: reviews.approve(report, by=reviewer),
        )

        duty.refresh_from_db()
        steps = list(duty.transitions.order_by("pk"))
        unexpected = [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, Refused)]
        assert unexpected == []
        assert [step.from_status for step in steps[1:]] == [step.to_status for step in steps[:-1]]
        assert (duty.status, len(steps)) == (Status.IN_PROGRESS, 1 + told(outcomes)["done"])
        assert duty.reports.filter(state=ReportState.DRAFT).count() <= 1


def test_evidence_that_arrives_while_the_report_is_submitted_is_in_it_or_refused(evidence_folder):
    for _ in range(ROUNDS):
        duty = AssignmentFactory()
        liaison = UserFactory(unit=duty.unit)
        draft = reports.save_draft(duty, by=liaison, version=0, text="一稿。")

        submitted, attached = at_once(
            lambda d=duty, by=liaison: reports.submit(d, by=by, version=1, **ATTESTED),
            lambda d=draft, by=liaison: attach(d, by),
        )

        draft.refresh_from_db()
        assert (submitted, draft.state) == (draft, ReportState.SUBMITTED)
        assert isinstance(attached, Conflict) is (draft.evidence.count() == 0)
    files = [path for path in evidence_folder.rglob("*") if path.is_file()]
    assert len(files) == StoredFile.objects.count() == Evidence.objects.count()


def test_what_was_given_before_and_is_chosen_by_several_at_once_is_attached_once(duty, liaison, evidence_folder):
    items = [attach(reports.start_answer(AssignmentFactory(unit=duty.unit), by=liaison), liaison)]

    outcomes = at_once(*[lambda: evidence.attach_again(duty, items, by=liaison)] * 4)

    assert told(outcomes) == {"done": 4}
    assert duty.reports.get().evidence.count() == 1


def test_a_sheet_uploaded_twice_and_submitted_at_once_makes_nothing_twice(duty, liaison):
    other = AssignmentFactory(task=TaskFactory(section=duty.task.section), unit=duty.unit)
    book = fill(fill(sheet_of(duty.unit, liaison), duty, text="本期进展甲。"), other, text="本期进展乙。")
    uploads = [received(book, liaison) for _ in range(3)]

    outcomes = at_once(*(lambda upload=upload: sheets.submit(upload, by=liaison, **ATTESTED) for upload in uploads))

    assert told(outcomes) == {"done": 1, "Refused": 2}
    assert [one.reports.get().state for one in (duty, other)] == ["submitted", "submitted"]


@pytest.fixture
def slow_attach(monkeypatch, evidence_folder):
    """Let an item be added slowly: `begun` tells when, `ended` holds the moment at which it stood."""
    really_add = evidence._add
    seen = SimpleNamespace(begun=threading.Event(), ended=None)

    def add_slowly(*args, **fields):
        seen.begun.set()
        time.sleep(0.5)
        item = really_add(*args, **fields)
        time.sleep(0.5)
        seen.ended = timezone.now()
        return item

    monkeypatch.setattr(evidence, "_add", add_slowly)
    return seen


def attach(draft, by):
    return evidence.attach_file(draft, SimpleUploadedFile("方案.pdf", PDF), by=by, kind=EvidenceKind.OTHER)


def test_submitting_waits_for_evidence_that_is_just_being_added(duty, liaison, slow_attach):
    draft = reports.save_draft(duty, by=liaison, version=0, text="一稿。")

    def submit_meanwhile():
        slow_attach.begun.wait(TIMEOUT_SECONDS)
        return reports.submit(duty, by=liaison, version=1, **ATTESTED)

    report, item = at_once(submit_meanwhile, lambda: attach(draft, liaison))

    assert list(report.evidence.all()) == [item]
    assert report.submitted_at >= slow_attach.ended


def test_discarding_a_draft_while_evidence_is_just_being_added_fails_for_nobody(duty, liaison, slow_attach):
    draft = reports.save_draft(duty, by=liaison, version=0, text="一稿。")

    def discard_meanwhile():
        slow_attach.begun.wait(TIMEOUT_SECONDS)
        return reports.discard_draft(duty, by=liaison)

    outcomes = at_once(discard_meanwhile, lambda: attach(draft, liaison))

    unexpected = [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, Refused)]
    assert unexpected == []


# --- the office -------------------------------------------------------------------------------------------------------


def test_of_two_who_issue_a_plan_one_wins():
    plan = PlanFactory(state=PlanState.DRAFT)
    DesignationFactory(task__section__part__plan=plan, unit=UnitFactory())
    people = UserFactory.create_batch(2, role=Role.OFFICE)

    outcomes = at_once(*(lambda by=by: issuing.issue(plan, by=by) for by in people))

    assert told(outcomes) == {"done": 1, "Conflict": 1}
    assert plan.assignments.count() == 1


def test_two_who_pick_the_same_unit_for_two_entries_of_a_row_both_succeed(monkeypatch):
    task, picked = TaskFactory(), UnitFactory()
    office = UserFactory(role=Role.OFFICE)
    entries = [
        DesignationFactory(task=task, role=role, unit=None, collective=CollectiveFactory(kinds=[])) for role in DutyRole
    ]
    both_looked, really_look = threading.Barrier(2), assignments.duty_holders

    def look_together(*args):
        with contextlib.suppress(threading.BrokenBarrierError):
            both_looked.wait(1)
        return really_look(*args)

    monkeypatch.setattr(assignments, "duty_holders", look_together)

    outcomes = at_once(
        *(
            lambda entry=entry: assignments.pick_units(entry, [picked], by=office, on=task.plan.issued_on)
            for entry in entries
        )
    )

    assert told(outcomes) == {"done": 2}
    assert Assignment.objects.get(task=task, unit=picked).role == DutyRole.LEAD
