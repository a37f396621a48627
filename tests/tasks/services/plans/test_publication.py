"""The office opens the open page plan by plan, and marks what approved reports say on it."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.choices import PlanState
from tasks.models import Plan, ProgressReport
from tasks.services.deadlines import suspension
from tasks.services.plans import publication
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, PlanFactory, UserFactory, claim, submit
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def report(office):
    """An approved plain report."""
    return reviews.approve(submit(AssignmentFactory()), by=office)


def shown(report):
    return list(ProgressReport.objects.shown_to_everybody(report.assignment.plan))


def test_a_page_is_closed_until_the_office_opens_it(office):
    plan = PlanFactory()
    assert Plan.objects.open_in(2024) is None

    publication.open_page(plan, by=office)
    assert Plan.objects.open_in(2024) == plan

    publication.close_page(plan, by=office)
    assert Plan.objects.open_in(2024) is None


def test_of_several_open_plans_of_a_year_the_latest_issued_is_shown(office):
    later = PlanFactory(is_public=True, issued_on="2024-09-01")
    PlanFactory(is_public=True, issued_on="2024-06-24")
    PlanFactory(is_public=False, issued_on="2024-12-01")
    PlanFactory(is_public=True, issued_on="2024-12-02", state=PlanState.DRAFT)
    PlanFactory(is_public=True, year=2025)

    assert Plan.objects.open_in(2024) == later


def test_a_draft_plan_has_no_open_page(office):
    with pytest.raises(Refused, match="印发以后才能开放"):
        publication.open_page(PlanFactory(state=PlanState.DRAFT), by=office)


def test_a_page_is_opened_and_closed_once(office):
    plan = PlanFactory()
    with pytest.raises(Conflict, match="没有开放"):
        publication.close_page(plan, by=office)
    publication.open_page(plan, by=office)

    with pytest.raises(Conflict, match="已经开放"):
        publication.open_page(plan, by=office)


def test_an_approved_report_is_marked_and_unmarked(office, report):
    publication.show(report, by=office)
    assert shown(report) == [report]

    publication.hide(report, by=office)
    assert shown(report) == []


def test_a_mark_is_set_and_taken_once(office, report):
    with pytest.raises(Conflict, match="没有对外公开"):
        publication.hide(report, by=office)
    publication.show(report, by=office)

    with pytest.raises(Conflict, match="已经对外公开"):
        publication.show(report, by=office)


@pytest.mark.parametrize("answer", [None, reviews.return_])
def test_what_is_not_approved_is_not_marked(office, answer):
    report = submit(AssignmentFactory())
    if answer:
        answer(report, by=office, comment="请补充。")

    with pytest.raises(Conflict, match="审核通过后才能对外公开"):
        publication.show(report, by=office)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR, Role.LIAISON, Role.LEADER])
def test_nobody_else_publishes(report, role):
    other = UserFactory(role=role, unit=report.assignment.unit)
    steps = (publication.show, publication.hide)
    asked = [(step, report) for step in steps]
    asked += [(step, report.assignment.plan) for step in (publication.open_page, publication.close_page)]

    for step, what in asked:
        with pytest.raises(PermissionDenied, match="由县政府办公室工作人员管理"):
            step(what, by=other)


def test_taking_a_completion_back_takes_its_reports_off_the_page(office):
    duty = AssignmentFactory()
    plain = reviews.approve(submit(duty), by=office)
    done = reviews.approve(claim(duty), by=office)
    for report in (plain, done):
        publication.show(report, by=office)

    reviews.revoke(duty, by=office, reason="材料不实。")

    assert shown(done) == []
    assert not ProgressReport.objects.filter(is_public=True).exists()


def test_a_claim_that_was_taken_back_is_not_marked_again_also_when_a_later_one_holds(office):
    duty = AssignmentFactory()
    first = reviews.approve(claim(duty), by=office)
    reviews.revoke(duty, by=office, reason="材料不实。")
    with pytest.raises(Refused, match="已被撤销"):
        publication.show(first, by=office)
    second = reviews.approve(claim(duty), by=office)

    with pytest.raises(Refused, match="已被撤销"):
        publication.show(first, by=office)
    publication.show(second, by=office)

    assert shown(second) == [second]


def test_a_plain_report_of_a_duty_that_was_taken_back_can_be_marked_again(office):
    duty = AssignmentFactory()
    plain = reviews.approve(submit(duty), by=office)
    reviews.approve(claim(duty), by=office)
    reviews.revoke(duty, by=office, reason="材料不实。")

    publication.show(plain, by=office)

    assert shown(plain) == [plain]


def test_a_mark_on_a_claim_that_does_not_hold_shows_nothing(office):
    """Whatever wrote the mark: the page looks at the duty as well."""
    duty = AssignmentFactory()
    report = reviews.approve(claim(duty), by=office)
    reviews.revoke(duty, by=office, reason="材料不实。")
    ProgressReport.objects.update(is_public=True)

    assert shown(report) == []


def test_what_is_said_on_a_suspended_duty_is_not_shown(office, report):
    publication.show(report, by=office)

    suspension.suspend(report.assignment, by=office, reason="等待上级文件。")
    assert shown(report) == []

    suspension.resume(report.assignment, by=office, reason="文件已到。")
    assert shown(report) == [report]


def test_the_database_takes_no_mark_on_what_is_not_approved(refused_by):
    submit(AssignmentFactory())

    with refused_by("only_approved_reports_are_public"):
        ProgressReport.objects.update(is_public=True)
