"""A unit's leader approves a report before it leaves the unit, or sends it back (审签)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role
from tasks.choices import DutyRole, Event, ReportState, Status
from tasks.models import Assignment, Notification
from tasks.services.progress import evidence, leader_approval, reports, reviews
from tests.factories import (
    AssignmentFactory,
    DeputyFactory,
    TaskFactory,
    UserFactory,
    asks_its_leader,
    claim,
    submit,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

ATTESTED = {"attested": True, "attested_name": "保密员甲"}


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def leader(duty):
    return asks_its_leader(duty.unit)


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


def current(duty):
    duty.refresh_from_db()
    return duty.status, duty.transitions.count(), duty.acknowledged_at is not None


UNTOUCHED = (Status.NOT_STARTED, 0, False)


# --- on its way to the leader -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("submits", [submit, claim])
def test_where_the_leader_approves_the_report_waits_and_the_duty_does_not_move(duty, leader, liaison, submits):
    report = submits(duty, by=liaison)

    report.refresh_from_db()
    assert (report.state, report.submitted_at, report.attested_by) == (ReportState.AWAITING_LEADER, None, liaison)
    assert (report.attested_name, report.attested_at is not None) == ("保密员甲", True)
    assert current(duty) == UNTOUCHED
    assert list(Notification.objects.values_list("user", "path")) == [(leader.pk, f"/leader-approvals/{report.pk}/")]


def test_without_the_switch_a_leader_is_not_asked(duty, liaison):
    UserFactory(role=Role.LEADER, unit=duty.unit)

    assert submit(duty, by=liaison).state == ReportState.SUBMITTED


def nobody(unit):
    UserFactory(role=Role.LEADER, unit=unit, is_active=False)
    UserFactory(role=Role.LEADER)
    DeputyFactory(unit=unit, from_on=timezone.localdate() + dt.timedelta(days=1))
    DeputyFactory(unit=unit, person=UserFactory(unit=unit, is_active=False))


def test_where_nobody_approves_today_the_report_goes_straight_out(duty, liaison):
    duty.unit.leader_approves = True
    duty.unit.save()
    nobody(duty.unit)

    report = submit(duty, by=liaison)

    assert (report.state, current(duty)) == (ReportState.SUBMITTED, (Status.IN_PROGRESS, 1, True))


def test_where_the_only_deputy_wrote_the_report_it_goes_straight_out(duty, liaison):
    duty.unit.leader_approves = True
    duty.unit.save()
    DeputyFactory(unit=duty.unit, person=liaison)

    own = submit(duty, by=liaison)
    colleagues = submit(AssignmentFactory(task=TaskFactory(), unit=duty.unit), by=UserFactory(unit=duty.unit))

    assert (own.state, colleagues.state) == (ReportState.SUBMITTED, ReportState.AWAITING_LEADER)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"text": ""}, "请填写进展情况"),
        ({"attested": False}, "保密审查"),
        ({"claims_completion": True}, "至少附一项佐证材料"),
    ],
)
def test_what_could_not_be_submitted_does_not_go_to_the_leader(duty, leader, liaison, changed, sentence):
    with pytest.raises(Refused, match=sentence):
        reports.submit(duty, by=liaison, version=0, **{"text": "已公开3条。", **ATTESTED, **changed})

    assert duty.reports.awaiting_leader().count() == 0


def test_a_suspended_duty_sends_nothing_to_the_leader(duty, leader, liaison):
    suspend(duty)

    with pytest.raises(Refused, match="已中止"):
        submit(duty, by=liaison)

    assert duty.reports.awaiting_leader().count() == 0


def suspend(duty):
    from tasks.services.progress import transitions

    duty = Assignment.objects.get(pk=duty.pk)
    transitions.move(duty, Event.SUSPENDED, by=UserFactory(role=Role.OFFICE), reason="机构改革。")


@pytest.mark.parametrize("saved", [False, True])
def test_the_same_post_sent_twice_waits_once(duty, leader, liaison, saved):
    version = reports.save_draft(duty, by=liaison, version=0, text="一稿。").version if saved else 0
    post = {"by": liaison, "version": version, "text": "已公开3条。", **ATTESTED}

    first, second = reports.submit(duty, **post), reports.submit(duty, **post)

    assert (first, second.state) == (second, ReportState.AWAITING_LEADER)
    assert (duty.reports.count(), Notification.objects.count()) == (1, 1)


def test_the_same_post_sent_again_after_the_leader_approved_submits_once(duty, leader, liaison):
    post = {"by": liaison, "version": 0, "text": "已公开3条。", **ATTESTED}
    first = reports.submit(duty, **post)
    leader_approval.approve(first, by=leader)

    second = reports.submit(duty, **post)

    assert (first, second.state, duty.reports.count()) == (second, ReportState.SUBMITTED, 1)


# --- frozen while it waits --------------------------------------------------------------------------------------------


def test_what_waits_for_the_leader_is_frozen_for_the_liaison(duty, leader, liaison, evidence_folder):
    report = submit(duty, by=liaison, evidence=1, text="6月公开3条。")

    for attempt in (
        lambda: reports.save_draft(duty, by=liaison, version=report.version, text="改写"),
        lambda: reports.save_draft(duty, by=liaison, version=0, text="另写一份"),
        lambda: reports.submit(duty, by=liaison, version=0, text="另写一份", **ATTESTED),
        lambda: reports.start_answer(duty, by=liaison),
        lambda: reports.discard_draft(duty, by=liaison),
    ):
        with pytest.raises(Conflict, match="已送分管领导审签"):
            attempt()
    for attempt in (
        lambda: evidence.attach_link(report, "https://www.example.gov.cn/2", by=liaison, title="后补"),
        lambda: evidence.remove(report.evidence.get(), by=liaison),
    ):
        with pytest.raises(Conflict, match="待审签"):
            attempt()

    report.refresh_from_db()
    assert (report.text, report.evidence.count(), duty.reports.count()) == ("6月公开3条。", 1, 1)


def test_the_office_cannot_answer_what_has_not_left_the_unit(duty, leader, liaison):
    report = submit(duty, by=liaison)

    with pytest.raises(Conflict, match="待审签"):
        reviews.approve(report, by=UserFactory(role=Role.OFFICE))


def test_the_writer_takes_it_back_and_nothing_is_on_the_timeline(duty, leader, liaison):
    report = submit(duty, by=liaison)

    reports.withdraw(report, by=liaison)

    report.refresh_from_db()
    assert (report.state, report.attested_by, report.attested_name) == (ReportState.DRAFT, None, "")
    assert current(duty) == UNTOUCHED
    reports.discard_draft(duty, by=liaison)
    assert duty.reports.count() == 0


def test_a_colleague_and_the_leader_do_not_take_it_back(duty, leader, liaison):
    report = submit(duty, by=liaison)

    for by in (UserFactory(unit=duty.unit), leader):
        with pytest.raises(PermissionDenied):
            reports.withdraw(report, by=by)

    assert duty.reports.awaiting_leader().count() == 1


def test_a_report_submitted_before_is_not_taken_back_onto_one_that_waits(duty, leader, liaison):
    earlier = leader_approval.approve(submit(duty, by=liaison), by=leader)
    submit(duty, by=liaison, text="下一份。")

    with pytest.raises(Refused, match="待分管领导审签"):
        reports.withdraw(earlier, by=liaison)


# --- the leader approves ----------------------------------------------------------------------------------------------


def test_with_the_leaders_approval_the_report_is_submitted(duty, leader, liaison):
    with time_machine.travel(on_day(dt.date(2024, 12, 30)), tick=False):
        report = claim(duty, by=liaison)
    with time_machine.travel(on_day(dt.date(2025, 1, 2)), tick=False):
        leader_approval.approve(report, by=leader, version=report.version)

    report.refresh_from_db()
    assert (report.state, report.submitted_at) == (ReportState.SUBMITTED, on_day(dt.date(2025, 1, 2)))
    assert (report.attested_by, report.attested_at) == (liaison, on_day(dt.date(2024, 12, 30)))
    assert (report.leader_approved_by, report.leader_approved_at) == (leader, on_day(dt.date(2025, 1, 2)))
    assert current(duty) == (Status.UNDER_REVIEW, 2, True)
    told = list(duty.transitions.order_by("pk").values_list("event", "by", "report"))
    assert told == [("submitted", leader.pk, report.pk), ("claimed", leader.pk, report.pk)]
    assert duty.acknowledged_by == liaison


def test_the_deadline_is_kept_by_the_day_on_which_it_left_the_unit(duty, leader, liaison):
    with time_machine.travel(on_day(dt.date(2024, 12, 30)), tick=False):
        report = claim(duty, by=liaison)
        as_waiting = Assignment.objects.with_light().get(pk=duty.pk).light
    with time_machine.travel(on_day(dt.date(2025, 1, 2)), tick=False):
        meanwhile = Assignment.objects.with_light().get(pk=duty.pk).light
        leader_approval.approve(report, by=leader)
        after = Assignment.objects.with_light().get(pk=duty.pk)
        with evening(dt.date(2024, 12, 31)):
            past = Assignment.objects.with_light().get(pk=duty.pk)

    assert (as_waiting, meanwhile) == ("due_soon", "overdue")
    assert (after.light, after.is_late, duty_claimed_on(duty)) == ("overdue", True, dt.date(2025, 1, 2))
    assert (past.light, past.status) == ("due_soon", Status.NOT_STARTED)


def duty_claimed_on(duty):
    duty.refresh_from_db()
    return duty.claimed_on


def test_a_return_is_answered_only_when_the_answer_leaves_the_unit(duty, leader, liaison):
    report = leader_approval.approve(submit(duty, by=liaison), by=leader)
    reviews.return_(report, by=UserFactory(role=Role.OFFICE), comment="缺少发布链接。")
    draft = reports.start_answer(duty, by=liaison)

    answer = reports.submit(duty, by=liaison, version=draft.version, **ATTESTED)
    duty.refresh_from_db()
    waits = [duty.awaits_answer]
    leader_approval.approve(answer, by=leader)
    duty.refresh_from_db()

    assert [*waits, duty.awaits_answer] == [True, False]


def test_a_deputy_approves_in_the_leaders_place(duty, leader, liaison):
    deputy = DeputyFactory(unit=duty.unit).person

    report = leader_approval.approve(submit(duty, by=liaison), by=deputy)

    assert (report.state, report.leader_approved_by) == (ReportState.SUBMITTED, deputy)


def test_a_deputy_does_not_approve_what_they_wrote_in(duty, leader, liaison):
    deputy = DeputyFactory(unit=duty.unit).person
    reports.save_draft(duty, by=deputy, version=0, text="一稿。")
    report = reports.submit(duty, by=liaison, version=1, **ATTESTED)

    for attempt in (
        lambda: leader_approval.approve(report, by=deputy),
        lambda: leader_approval.send_back(report, by=deputy, comment="再改。"),
    ):
        with pytest.raises(PermissionDenied, match="不能审签自己的报告"):
            attempt()

    assert duty.reports.awaiting_leader().count() == 1
    assert list(Notification.objects.values_list("user", flat=True)) == [leader.pk]


def others(unit):
    return {
        "liaison": UserFactory(unit=unit),
        "leader of another unit": UserFactory(role=Role.LEADER),
        "deputy of another unit": DeputyFactory().person,
        "deputy from tomorrow": DeputyFactory(unit=unit, from_on=timezone.localdate() + dt.timedelta(days=1)).person,
        "office": UserFactory(role=Role.OFFICE),
        "office of the unit": UserFactory(role=Role.OFFICE, unit=unit),
        "leader whose account is off": UserFactory(role=Role.LEADER, unit=unit, is_active=False),
    }


def test_nobody_else_approves_or_sends_back(duty, leader, liaison):
    report = submit(duty, by=liaison)

    for by in others(duty.unit).values():
        for attempt in (
            lambda by=by: leader_approval.approve(report, by=by),
            lambda by=by: leader_approval.send_back(report, by=by, comment="再改。"),
        ):
            with pytest.raises(PermissionDenied):
                attempt()

    assert duty.reports.awaiting_leader().count() == 1


def test_who_approved_as_leader_does_not_review_it_later(duty, leader, liaison):
    report = leader_approval.approve(submit(duty, by=liaison), by=leader)
    leader.role = Role.REVIEWER
    leader.save()

    with pytest.raises(PermissionDenied):
        reviews.approve(report, by=leader)


def test_a_leader_approves_once(duty, leader, liaison):
    report = leader_approval.approve(submit(duty, by=liaison), by=leader)

    with pytest.raises(Conflict, match=f"已报送”（{leader}审签）"):
        leader_approval.approve(report, by=leader)

    assert duty.transitions.count() == 1


def test_a_leader_who_read_another_version_is_told(duty, leader, liaison):
    report = submit(duty, by=liaison)
    read = report.version
    draft = reports.withdraw(report, by=liaison)
    reports.submit(duty, by=liaison, version=draft.version, text="改过的。", **ATTESTED)

    for attempt in (
        lambda: leader_approval.approve(report, by=leader, version=read),
        lambda: leader_approval.send_back(report, by=leader, comment="再改。", version=read),
    ):
        with pytest.raises(Conflict, match="重新送审"):
            attempt()

    assert duty.reports.awaiting_leader().count() == 1


def test_what_was_taken_back_is_not_approved(duty, leader, liaison):
    report = reports.withdraw(submit(duty, by=liaison), by=liaison)

    with pytest.raises(Conflict, match="草稿"):
        leader_approval.approve(report, by=leader)


def test_a_report_taken_back_after_it_left_asks_the_leader_again(duty, leader, liaison):
    report = leader_approval.approve(submit(duty, by=liaison), by=leader)
    draft = reports.withdraw(report, by=liaison)

    again = reports.submit(duty, by=liaison, version=draft.version, text="改过的。", **ATTESTED)
    again.refresh_from_db()
    before = (again.state, again.leader_approved_by, again.submitted_at)
    leader_approval.approve(again, by=leader)

    assert before == (ReportState.AWAITING_LEADER, None, None)
    assert list(duty.transitions.order_by("pk").values_list("event", flat=True)) == [
        "submitted",
        "withdrawn",
        "submitted",
    ]


# --- what design: Rules of progress asks is asked again when it leaves ----------------------------------------------


def test_a_claim_whose_counts_have_fallen_short_since_does_not_leave(leader, duty, liaison):
    duty.task.target_count = 2
    duty.task.save()
    first = leader_approval.approve(submit(duty, by=liaison, count=1), by=leader)
    report = claim(duty, by=liaison, count=1)
    reviews.return_(first, by=UserFactory(role=Role.REVIEWER), comment="次数不实。")

    with pytest.raises(Refused, match="累计填报1次"):
        leader_approval.approve(report, by=leader)

    report.refresh_from_db()
    assert (report.state, report.leader_approved_by) == (ReportState.AWAITING_LEADER, None)


def test_while_a_claim_is_under_review_nothing_goes_to_the_leader(duty, liaison):
    claim(duty, by=liaison)
    asks_its_leader(duty.unit)

    with pytest.raises(Refused, match="正在审核"):
        submit(duty, by=liaison)

    assert duty.reports.awaiting_leader().count() == 0


def test_nothing_leaves_after_the_duty_was_released(duty, leader, liaison):
    report = submit(duty, by=liaison)
    duty.released_on = timezone.localdate()
    duty.save()

    with pytest.raises(Refused, match="已解除"):
        leader_approval.approve(report, by=leader)


def test_nothing_leaves_while_the_duty_is_suspended(duty, leader, liaison):
    report = submit(duty, by=liaison)
    suspend(duty)

    with pytest.raises(Refused, match="已中止"):
        leader_approval.approve(report, by=leader)


def test_a_lead_that_has_open_units_by_now_is_asked_for_a_word_again():
    lead = AssignmentFactory(role=DutyRole.LEAD, coordinates=True)
    leader = asks_its_leader(lead.unit)
    report = claim(lead)
    AssignmentFactory(task=lead.task)

    with pytest.raises(Refused, match="对未办结责任单位的说明"):
        leader_approval.approve(report, by=leader)


def test_the_leader_still_approves_after_the_switch_was_turned_off(duty, leader, liaison):
    report = submit(duty, by=liaison)
    duty.unit.leader_approves = False
    duty.unit.save()

    assert leader_approval.approve(report, by=leader).state == ReportState.SUBMITTED


# --- the leader sends back --------------------------------------------------------------------------------------------


def test_what_the_leader_sends_back_is_a_draft_again_with_a_word(duty, leader, liaison):
    report = submit(duty, by=liaison)

    leader_approval.send_back(report, by=leader, comment="请补充发布数量。", version=report.version)

    report.refresh_from_db()
    assert (report.state, report.leader_comment) == (ReportState.DRAFT, "请补充发布数量。")
    assert (report.attested_by, report.attested_name) == (None, "")
    assert current(duty) == UNTOUCHED
    told = Notification.objects.get(user=liaison)
    assert ("请补充发布数量。" in told.text, told.path) == (True, f"/assignments/{duty.pk}/report/")


def test_sending_back_needs_a_word(duty, leader, liaison):
    report = submit(duty, by=liaison)

    with pytest.raises(Refused, match="请填写修改意见"):
        leader_approval.send_back(report, by=leader, comment="")

    assert duty.reports.awaiting_leader().count() == 1


def test_a_mended_report_is_approved_and_leaves_without_what_was_said_inside(duty, leader, liaison):
    report = leader_approval.send_back(submit(duty, by=liaison), by=leader, comment="请补充发布数量。")

    again = reports.submit(duty, by=liaison, version=report.version, text="已公开3条。", **ATTESTED)
    kept = again.leader_comment
    leader_approval.approve(again, by=leader)

    again.refresh_from_db()
    assert (again.pk, kept, again.leader_comment) == (report.pk, "请补充发布数量。", "")
    assert again.state == ReportState.SUBMITTED


def test_the_same_approval_sent_twice_is_given_once(duty, leader, liaison):
    report = submit(duty, by=liaison)

    for _ in range(2):
        leader_approval.approve(report, by=leader, version=report.version)

    assert (duty.transitions.count(), Notification.objects.filter(user=liaison, text__contains="已报送").count()) == (
        1,
        1,
    )


def test_the_second_of_two_deputies_is_told_by_whom_it_was_approved(duty, leader, liaison):
    deputy = DeputyFactory(unit=duty.unit).person
    report = submit(duty, by=liaison)
    leader_approval.approve(report, by=leader, version=report.version)

    with pytest.raises(Conflict, match=f"{leader}审签"):
        leader_approval.approve(report, by=deputy, version=report.version)


# --- what the leader returned counts as returned ----------------------------------------------------------------------


def returned_to(user):
    return list(Assignment.objects.with_returned(user).filter(is_returned=True))


def test_what_the_leader_returned_is_returned_until_it_is_sent_again(duty, leader, liaison):
    report = submit(duty, by=liaison)
    assert returned_to(liaison) == []

    leader_approval.send_back(report, by=leader, comment="请补充数量。")
    assert returned_to(liaison) == returned_to(leader) == [duty]

    submit(duty, by=liaison)
    assert returned_to(liaison) == []


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER, Role.AUDITOR, Role.LIAISON])
def test_nobody_outside_the_unit_is_told_that_the_leader_returned_it(duty, leader, liaison, role):
    leader_approval.send_back(submit(duty, by=liaison), by=leader, comment="请补充数量。")

    assert returned_to(UserFactory(role=role)) == []


def test_no_past_evening_knows_of_what_the_leader_returned(duty, leader, liaison):
    leader_approval.send_back(submit(duty, by=liaison), by=leader, comment="请补充数量。")

    with evening(timezone.localdate() - dt.timedelta(days=1)):
        assert returned_to(liaison) == []
