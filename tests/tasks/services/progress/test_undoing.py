"""The office takes back what it decided on a report; past evenings keep what they showed."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from reports import figures
from tasks.choices import Light, Quality, ReportState, Status
from tasks.models import Assignment, Notification, ProgressReport, QualityRating, timeline
from tasks.services.deadlines import suspension
from tasks.services.plans import publication
from tasks.services.progress import lead_opinions, reports, reviews, undoing
from tests.factories import (
    AssessmentFactory,
    AssignmentFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    claim,
    goes_through_lead,
    submit,
)
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]

DUE = dt.date(2024, 9, 30)
CLAIMED, DECIDED, UNDONE, LATER = (dt.date(2024, *day) for day in ((9, 20), (10, 8), (10, 15), (10, 20)))


def on(day, hour=12):
    return time_machine.travel(on_day(day, hour), tick=False)


@pytest.fixture
def duty():
    return AssignmentFactory(due_on=DUE, task__due_on=DUE)


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit, name="王联络")


@pytest.fixture
def reviewer():
    return UserFactory(role=Role.REVIEWER, name="张审核")


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE, name="李科员")


@pytest.fixture
def approved(duty, liaison, reviewer):
    """A claim of completion, rated and approved."""
    with on(CLAIMED):
        report = claim(duty, by=liaison)
    with on(DECIDED):
        return reviews.approve(report, by=reviewer, comment="材料齐全。", quality=Quality.GOOD, is_exemplary=True)


@pytest.fixture
def returned(duty, liaison, reviewer):
    with on(CLAIMED):
        report = claim(duty, by=liaison)
    with on(DECIDED):
        return reviews.return_(report, by=reviewer, comment="缺少发布链接。")


def undo(report, by, day=UNDONE, **given):
    with on(day):
        return undoing.undo(report, by=by, **{"reason": "审核时看错了材料。", **given})


def current(duty):
    duty = Assignment.objects.get(pk=duty.pk)
    return duty.status, duty.claimed_on, duty.awaits_answer


def shown(duty, day):
    """Return what an evening shows of the duty and its reports."""
    values = ("state", "review_comment", "quality", "is_exemplary")
    with evening(day):
        lit = Assignment.objects.with_light(day).get(pk=duty.pk)
        found = ProgressReport.objects.filter(assignment=duty).submitted_by(day)
        return lit.light, lit.is_late, lit.awaits_answer, list(found.order_by("pk").values_list(*values))


# --- an approval ------------------------------------------------------------------------------------------------------


def test_an_approved_claim_is_under_review_again_from_its_own_day(approved, duty, clerk):
    undo(approved, clerk)

    approved.refresh_from_db()
    assert current(duty) == (Status.UNDER_REVIEW, CLAIMED, False)
    assert (approved.state, approved.review_comment) == (ReportState.SUBMITTED, "")
    assert (approved.reviewed_by, approved.reviewed_at) == (None, None)
    assert list(ProgressReport.objects.waiting()) == [approved]


def test_rating_exemplary_and_public_mark_go_with_the_approval(approved, duty, clerk):
    publication.show(approved, by=clerk)

    undo(approved, clerk)

    approved.refresh_from_db()
    assert (approved.quality, approved.is_exemplary, approved.is_public) == (None, False, False)
    assert list(QualityRating.objects.values_list("quality", "is_exemplary", "on")) == [
        (None, False, UNDONE),
        (Quality.GOOD, True, DECIDED),
    ]


def test_evenings_before_the_undoing_keep_what_they_showed(approved, duty, clerk):
    evenings = [CLAIMED, DECIDED, dt.date(2024, 10, 14)]
    with on(UNDONE):
        before = [shown(duty, day) for day in evenings]

    undo(approved, clerk)

    with on(LATER):
        assert [shown(duty, day) for day in evenings] == before
        assert shown(duty, UNDONE) == shown(duty, LATER)
        assert shown(duty, LATER) == (Light.REVIEW, False, False, [("submitted", "", None, False)])
    assert before[1] == (Light.DONE, False, False, [("approved", "材料齐全。", Quality.GOOD, True)])


def test_the_chart_of_completions_goes_down_again_on_that_day(approved, duty, clerk):
    undo(approved, clerk)

    with on(dt.date(2024, 11, 30)):
        duties = Assignment.objects.with_light()
        assert dict(figures.pace.completions(duties, dt.date(2024, 11, 30))) == {DECIDED: 1, UNDONE: -1}


def test_timeline_and_audit_trail_tell_both_with_the_reason(approved, duty, clerk):
    undo(approved, clerk)

    told = [(entry.title, entry.by, entry.words) for entry in timeline(Assignment.objects.filter(pk=duty.pk))]
    assert told[:2] == [
        ("撤回审核通过", "县政府办公室 李科员", "审核时看错了材料。"),
        ("审核通过", "县政府办公室 张审核", "材料齐全。"),
    ]
    entry = AuditEntry.objects.filter(act="撤回审核通过").get()
    assert (entry.actor_id, entry.detail["report"], entry.detail["status"]) == (clerk.pk, approved.pk, "under_review")


def test_the_unit_is_told_of_an_approval_taken_back(approved, duty, liaison, clerk):
    undo(approved, clerk)

    line = Notification.objects.filter(user=liaison).order_by("-pk").first()
    assert line.text.endswith("任务报告的审核通过已撤回，报告重新等待审核：审核时看错了材料。")
    assert line.path == f"/assignments/{duty.pk}/"


def test_it_can_be_approved_or_returned_anew(approved, duty, clerk, reviewer):
    undo(approved, clerk)
    with on(LATER):
        reviews.return_(ProgressReport.objects.get(pk=approved.pk), by=clerk, comment="请补充。")

    assert current(duty) == (Status.IN_PROGRESS, None, True)


def test_a_plain_report_leaves_the_duty_where_it_is(duty, liaison, reviewer, clerk):
    with on(CLAIMED):
        report = reviews.approve(submit(duty, by=liaison), by=reviewer)

    undo(report, clerk)

    report.refresh_from_db()
    assert (report.state, current(duty)) == (ReportState.SUBMITTED, (Status.IN_PROGRESS, None, False))


def test_an_approval_stands_once_the_unit_has_reported_again(duty, liaison, reviewer, clerk):
    with on(CLAIMED):
        report = reviews.approve(submit(duty, by=liaison), by=reviewer)
    with on(DECIDED):
        submit(duty, by=liaison, text="十月的进展。")

    with pytest.raises(Refused, match="于2024-10-08又报送了进展"):
        undo(report, clerk)

    report.refresh_from_db()
    assert report.state == ReportState.APPROVED


def test_an_approval_stands_once_a_published_assessment_counts_it(approved, duty, clerk):
    AssessmentFactory(plan=duty.plan, as_of=DECIDED)

    with pytest.raises(Refused, match="已公布的考核结果（截至2024-10-08）计入了这一步，审核通过不能撤回"):
        undo(approved, clerk)


def test_an_assessment_of_an_earlier_day_does_not_count_it(approved, duty, clerk):
    AssessmentFactory(plan=duty.plan, as_of=CLAIMED)

    undo(approved, clerk)

    assert current(duty)[0] == Status.UNDER_REVIEW


def test_a_revoked_completion_is_not_taken_back_a_second_time(approved, duty, clerk):
    with on(UNDONE):
        reviews.revoke(duty, by=clerk, reason="未实际公开。")

    with pytest.raises(Refused, match="办结已被撤销"):
        undo(approved, clerk)


def test_the_duty_of_a_closed_unit_stays_completed(approved, duty, clerk):
    duty.unit.retired_on = DECIDED
    duty.unit.save()

    with pytest.raises(Refused, match="已解除"):
        undo(approved, clerk)


def test_a_suspended_duty_is_resumed_first(duty, liaison, reviewer, clerk):
    with on(CLAIMED):
        report = reviews.approve(submit(duty, by=liaison), by=reviewer)
        suspension.suspend(duty, by=clerk, reason="机构改革。")

    with pytest.raises(Refused, match="已中止"):
        undo(report, clerk)


# --- a return ---------------------------------------------------------------------------------------------------------


def test_a_returned_claim_is_under_review_again_from_its_own_day(returned, duty, clerk):
    assert current(duty) == (Status.IN_PROGRESS, None, True)

    undo(returned, clerk)

    returned.refresh_from_db()
    assert current(duty) == (Status.UNDER_REVIEW, CLAIMED, False)
    assert (returned.state, returned.reviewed_by, returned.review_comment) == (ReportState.SUBMITTED, None, "")


def test_evenings_between_the_return_and_its_undoing_keep_what_they_showed(returned, duty, clerk):
    evenings = [CLAIMED, DECIDED, dt.date(2024, 10, 14)]
    with on(UNDONE):
        before = [shown(duty, day) for day in evenings]

    undo(returned, clerk)

    with on(LATER):
        assert [shown(duty, day) for day in evenings] == before
        assert shown(duty, LATER) == (Light.REVIEW, False, False, [("submitted", "", None, False)])
    assert before[1] == (Light.OVERDUE, False, True, [("returned", "缺少发布链接。", None, False)])


def test_the_unit_is_told_that_it_need_not_answer(returned, liaison, clerk):
    undo(returned, clerk)

    line = Notification.objects.filter(user=liaison).order_by("-pk").first()
    assert line.text.endswith("报告的退回已撤回，报告重新等待审核，不需补正：审核时看错了材料。")


def test_a_draft_begun_in_answer_is_kept_and_goes_on_after_another_return(returned, duty, liaison, clerk):
    with on(DECIDED, 15):
        draft = reports.start_answer(duty, by=liaison)
        reports.save_draft(duty, by=liaison, version=draft.version, text="已补充发布链接。")
    with on(UNDONE):
        assert "填报单位已开始填写补正的草稿，草稿保留，不会丢失。" in undoing.outlook(returned).effects

    undo(returned, clerk)
    with on(LATER):
        reviews.return_(ProgressReport.objects.get(pk=returned.pk), by=clerk, comment="仍缺链接。")
        again = reports.start_answer(duty, by=liaison)

    assert (again.pk, again.text) == (draft.pk, "已补充发布链接。")
    line = Notification.objects.filter(user=liaison, text__contains="草稿").get()
    assert "不需补正；已开始填写的草稿保留：" in line.text


def test_a_draft_that_was_reported_meanwhile_does_not_bar_the_next_answer(duty, liaison, reviewer, clerk):
    with on(CLAIMED):
        report = submit(duty, by=liaison)
    with on(DECIDED):
        reviews.return_(report, by=reviewer, comment="请补充。")
        reports.start_answer(duty, by=liaison)
    undo(report, clerk)
    with on(UNDONE, 15):
        submit(duty, by=liaison, text="另一份进展。")
    with on(LATER):
        reviews.return_(ProgressReport.objects.get(pk=report.pk), by=clerk, comment="仍须补充。")
        answer = reports.start_answer(duty, by=liaison)

    assert answer.answers == report


def test_a_return_stands_once_it_was_answered(returned, duty, liaison, clerk):
    with on(DECIDED, 15):
        reports.start_answer(duty, by=liaison)
        submit(duty, by=liaison, text="已补充发布链接。")

    with pytest.raises(Refused, match="又报送了进展"):
        undo(returned, clerk)


def test_a_return_stands_once_the_answer_is_with_the_units_leader(returned, duty, liaison, clerk):
    asks_its_leader(duty.unit)
    with on(DECIDED, 15):
        reports.start_answer(duty, by=liaison)
        submit(duty, by=liaison, text="已补充发布链接。")

    with pytest.raises(Refused, match="已送分管领导审签"):
        undo(returned, clerk)


def test_the_office_does_not_take_back_what_the_lead_returned(duty, liaison, clerk):
    goes_through_lead(duty.plan)
    lead = AssignmentFactory(task=duty.task, unit=UnitFactory(), role="lead", coordinates=True)
    with on(CLAIMED):
        report = submit(duty, by=liaison)
        lead_opinions.give(report, by=UserFactory(unit=lead.unit), opinion="wants_more", text="请补充数据。")

    with pytest.raises(Refused, match="由牵头部门退回"):
        undo(ProgressReport.objects.get(pk=report.pk), clerk)


# --- who, and two at once ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER, Role.AUDITOR])
def test_others_may_not(approved, role):
    with pytest.raises(PermissionDenied):
        undo(approved, UserFactory(role=role))


def test_whoever_wrote_the_report_does_not_take_back_its_review(approved, liaison):
    liaison.role, liaison.unit = Role.OFFICE, None
    liaison.save()

    with pytest.raises(PermissionDenied, match="须由其他审核人审核"):
        undo(approved, liaison)


def test_a_reason_is_needed(approved, clerk):
    with pytest.raises(Refused, match="请填写撤回的原因"):
        undo(approved, clerk, reason=" ")


def test_the_second_of_two_is_told(approved, clerk, reviewer):
    undo(approved, clerk)

    with pytest.raises(Conflict, match="该报告已是“已报送”，本次撤回未生效"):
        undo(approved, reviewer)


def test_an_approval_given_since_the_page_was_opened_is_not_taken_back(approved, clerk, reviewer):
    with on(UNDONE):
        seen = undoing.outlook(approved).mark
    undo(approved, clerk)
    with on(LATER):
        again = reviews.approve(ProgressReport.objects.get(pk=approved.pk), by=reviewer)

    with pytest.raises(Conflict, match="在此期间情况有变"):
        undo(again, clerk, LATER, seen=seen)


def test_what_the_page_says_is_what_happens(approved, clerk):
    with on(UNDONE):
        assert undoing.outlook(approved).effects == (
            "报告回到“已报送”，重新等待审核。",
            "该事项由“办结”回到“待审核”，申报办结日期仍为2024-09-20。",
            "质量评价“良”和典型经验一并取消。",
            "填报单位的联络员和分管领导将收到通知并看到原因；此前日期的亮灯和统计不变。",
        )
