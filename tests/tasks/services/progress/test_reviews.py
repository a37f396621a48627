"""The office answers: approve, return, revoke (design: Rules of progress, Who may do what)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role, UnitKind
from tasks.choices import ReportState, Status
from tasks.models import Assignment, Notification
from tasks.services.progress import reports, reviews
from tests.factories import AssignmentFactory, TaskFactory, UnitFactory, UserFactory, claim, complete, submit
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

ANSWERS = {
    "approve": lambda report, by: reviews.approve(report, by=by),
    "return": lambda report, by: reviews.return_(report, by=by, comment="缺少发布链接。"),
}


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def reviewer():
    return UserFactory(role=Role.REVIEWER)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER])
def test_an_approved_claim_completes_the_duty(duty, role):
    report, by = claim(duty), UserFactory(role=role)

    reviews.approve(report, by=by, comment="材料齐全。")

    report.refresh_from_db()
    duty.refresh_from_db()
    assert (duty.status, duty.claimed_on) == (Status.COMPLETED, timezone.localdate())
    assert (report.state, report.reviewed_by, report.review_comment) == (ReportState.APPROVED, by, "材料齐全。")
    assert list(duty.transitions.values_list("event", "by", "report", "reason"))[0] == (
        "approved",
        by.pk,
        report.pk,
        "材料齐全。",
    )


def test_an_approved_plain_report_leaves_the_duty_in_progress(duty, reviewer):
    report = submit(duty)

    reviews.approve(report, by=reviewer)

    duty.refresh_from_db()
    assert duty.status == Status.IN_PROGRESS
    assert list(duty.transitions.values_list("event", "to_status"))[0] == ("approved", "in_progress")


def test_a_returned_claim_puts_the_duty_back_and_waits_for_an_answer(duty, reviewer):
    report = claim(duty)

    reviews.return_(report, by=reviewer, comment="缺少发布链接。")

    report.refresh_from_db()
    duty.refresh_from_db()
    assert (duty.status, duty.claimed_on, duty.awaits_answer) == (Status.IN_PROGRESS, None, True)
    assert (report.state, report.reviewed_by, report.review_comment) == (
        ReportState.RETURNED,
        reviewer,
        "缺少发布链接。",
    )
    assert duty.transitions.first().reason == "缺少发布链接。"


def test_a_return_needs_a_reason(duty, reviewer):
    report = claim(duty)

    with pytest.raises(Refused, match="请填写退回原因"):
        reviews.return_(report, by=reviewer, comment="")

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_returning_a_plain_report_leaves_the_claim_under_review(duty, reviewer):
    plain = submit(duty)
    claim(duty)

    reviews.return_(plain, by=reviewer, comment="与申报内容重复。")

    duty.refresh_from_db()
    assert (duty.status, duty.claimed_on) == (Status.UNDER_REVIEW, timezone.localdate())


def test_a_plain_report_that_an_approved_claim_followed_is_not_waited_for(duty, reviewer):
    plain = submit(duty)
    reviews.approve(claim(duty), by=reviewer)
    late = AssignmentFactory(plan=duty.plan, unit=duty.unit, task=TaskFactory(section=duty.task.section))

    reviews.return_(plain, by=reviewer, comment="与申报内容重复。")

    duty.refresh_from_db()
    assert duty.status == Status.COMPLETED
    assert list(Assignment.objects.with_light().most_urgent_first()) == [late, duty]


def test_a_claim_is_not_approved_when_its_counts_no_longer_add_up(reviewer):
    duty = AssignmentFactory(task=TaskFactory(target_count=2))
    plain, report = submit(duty, count=1), claim(duty, count=1)
    reviews.return_(plain, by=reviewer, comment="次数不实。")

    with pytest.raises(Refused):
        reviews.approve(report, by=reviewer)

    duty.refresh_from_db()
    assert duty.status == Status.UNDER_REVIEW


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_only_office_and_reviewers_answer(duty, answer, role):
    report = claim(duty)

    with pytest.raises(PermissionDenied):
        answer(report, UserFactory(role=role))

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_account_that_is_off_answers_nothing(duty, answer):
    report = claim(duty)

    with pytest.raises(PermissionDenied):
        answer(report, UserFactory(role=Role.OFFICE, is_superuser=True, is_active=False))

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def promoted(user, role=Role.OFFICE):
    """The person takes on another role after writing."""
    user.role = role
    user.save()
    return user


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER])
def test_who_wrote_a_report_never_reviews_it_whatever_the_role_now_is(answer, role):
    duty = AssignmentFactory(unit=UnitFactory(kind=UnitKind.OFFICE))
    writer = UserFactory(unit=duty.unit)
    report = claim(duty, by=writer)

    with pytest.raises(PermissionDenied, match="须由其他审核人审核"):
        answer(report, promoted(writer, role))

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("part", ["began it", "wrote along"])
def test_who_only_wrote_along_never_reviews_it(duty, liaison, answer, part):
    helper = UserFactory(unit=duty.unit)
    writers = [helper, liaison] if part == "began it" else [liaison, helper]
    for version, writer in enumerate(writers):
        reports.save_draft(duty, by=writer, version=version, text="一稿。")
    report = claim(duty, by=liaison)

    with pytest.raises(PermissionDenied, match="须由其他审核人审核"):
        answer(report, promoted(helper))

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_who_wrote_a_report_that_was_withdrawn_and_submitted_by_another_never_reviews_it(duty, liaison):
    first = UserFactory(unit=duty.unit)
    reports.withdraw(submit(duty, by=first), by=first)
    report = submit(duty, by=liaison)

    with pytest.raises(PermissionDenied):
        reviews.approve(report, by=promoted(first))

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_being_a_superuser_does_not_lift_the_four_eyes_rule(duty, liaison):
    report = submit(duty, by=liaison)
    liaison.is_superuser = liaison.is_staff = True

    with pytest.raises(PermissionDenied):
        reviews.approve(report, by=promoted(liaison))

    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_office_staff_of_the_same_unit_who_did_not_write_may_review():
    duty = AssignmentFactory(unit=UnitFactory(kind=UnitKind.OFFICE))
    report = claim(duty)

    reviews.approve(report, by=UserFactory(role=Role.OFFICE, unit=duty.unit))

    report.refresh_from_db()
    assert report.state == ReportState.APPROVED


# --- somebody was faster ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ANSWERS)
@pytest.mark.parametrize("second", ANSWERS)
def test_the_second_reviewer_is_told_who_did_what(duty, reviewer, first, second):
    report = claim(duty)
    state = ANSWERS[first](report, reviewer).state
    steps = duty.transitions.count()

    with pytest.raises(Conflict) as refusal:
        ANSWERS[second](report, UserFactory(role=Role.OFFICE))

    verb = {"approve": "通过", "return": "退回"}[second]
    assert str(refusal.value) == f"该报告已是“{state.label}”（{reviewer}），本次{verb}未生效。"
    assert duty.transitions.count() == steps


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_report_that_was_withdrawn_meanwhile_is_not_answered(duty, liaison, reviewer, answer):
    report = claim(duty, by=liaison)
    reports.withdraw(report, by=liaison)

    with pytest.raises(Conflict, match="草稿"):
        answer(report, reviewer)

    report.refresh_from_db()
    assert report.state == ReportState.DRAFT


# --- revoking ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER])
def test_a_completion_is_revoked_with_a_reason_and_the_report_stays_approved(duty, role):
    by = UserFactory(role=role)
    complete(duty)

    reviews.revoke(duty, by=by, reason="抽查发现链接失效。")

    duty.refresh_from_db()
    step = duty.transitions.first()
    assert (duty.status, duty.claimed_on) == (Status.IN_PROGRESS, None)
    assert (step.event, step.by, step.reason) == ("revoked", by, "抽查发现链接失效。")
    assert duty.reports.get().state == ReportState.APPROVED


def test_a_revoked_duty_can_be_claimed_and_completed_again(duty, reviewer):
    reviews.revoke(complete(duty), by=reviewer, reason="链接失效。")

    complete(duty)

    duty.refresh_from_db()
    assert duty.status == Status.COMPLETED


def test_revoking_needs_a_reason(duty, reviewer):
    complete(duty)

    with pytest.raises(Refused, match="请填写撤销办结的原因"):
        reviews.revoke(duty, by=reviewer, reason="")

    duty.refresh_from_db()
    assert duty.status == Status.COMPLETED


@pytest.mark.parametrize("prepare", [lambda duty: None, submit, claim], ids=["not started", "in progress", "claimed"])
def test_only_a_completion_is_revoked(duty, reviewer, prepare):
    prepare(duty)
    steps = duty.transitions.count()

    with pytest.raises(Conflict, match="不能撤销办结"):
        reviews.revoke(duty, by=reviewer, reason="链接失效。")

    assert duty.transitions.count() == steps


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_only_office_and_reviewers_revoke(duty, role):
    complete(duty)

    with pytest.raises(PermissionDenied):
        reviews.revoke(duty, by=UserFactory(role=role), reason="链接失效。")

    duty.refresh_from_db()
    assert duty.status == Status.COMPLETED


def told(unit):
    """What the people of the unit were told, the latest first."""
    return list(Notification.objects.filter(user__unit=unit).order_by("-pk").values_list("text", flat=True))


def test_the_unit_is_told_of_each_answer():
    duty = AssignmentFactory()
    number, title = duty.task.number, duty.plan.title
    office = UserFactory(role=Role.OFFICE)
    liaison = UserFactory(unit=duty.unit)

    reviews.return_(claim(duty, by=liaison), by=office, comment="请补充链接。")
    reviews.approve(claim(duty, by=liaison), by=office)
    reviews.revoke(duty, by=office, reason="链接失效。")

    assert told(duty.unit) == [
        f"《{title}》第{number}项任务已撤销办结：链接失效。",
        f"《{title}》第{number}项任务报告已通过审核，事项办结。",
        f"《{title}》第{number}项任务报告被退回，请补正后重新报送：请补充链接。",
    ]
