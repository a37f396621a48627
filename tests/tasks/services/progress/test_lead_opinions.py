"""A lead says what it thinks of reports on its rows; they pass through its stage first where the plan asks for it."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.choices import Role
from tasks.choices import DutyRole, Opinion, ReportState, ReviewStage, Status
from tasks.models import (
    Assignment,
    LeadOpinion,
    Notification,
    ProgressReport,
    awaiting_opinion,
    timeline,
    without_opinion,
)
from tasks.scope import Scope
from tasks.services.progress import lead_opinions, leader_approval, reports, reviews
from tests.factories import (
    AssignmentFactory,
    TaskFactory,
    UserFactory,
    asks_its_leader,
    claim,
    goes_through_lead,
    submit,
)
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

MORE = {"opinion": Opinion.WANTS_MORE, "text": "请补充发布链接。"}
FINE = {"opinion": Opinion.ENDORSED}


@pytest.fixture
def lead_duty():
    return AssignmentFactory(role=DutyRole.LEAD, coordinates=True)


@pytest.fixture
def duty(lead_duty):
    return AssignmentFactory(task=lead_duty.task)


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def lead(lead_duty):
    return UserFactory(unit=lead_duty.unit)


@pytest.fixture
def reviewer():
    return UserFactory(role=Role.REVIEWER)


@pytest.fixture
def through(duty):
    goes_through_lead(duty.plan)


def lies(report):
    report.refresh_from_db()
    return report.state, report.review_stage


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [MORE, FINE], ids=["wants more", "endorsed"])
def test_an_opinion_is_kept_told_and_on_the_timeline_and_moves_nothing(duty, liaison, lead, said):
    report = submit(duty, by=liaison)

    given = lead_opinions.give(report, by=lead, **said)

    assert (given.unit, given.opinion, given.text, given.by) == (lead.unit, said["opinion"], said.get("text", ""), lead)
    assert lies(report) == (ReportState.SUBMITTED, ReviewStage.OFFICE)
    assert duty.transitions.count() == 1
    told = Notification.objects.get()
    assert (told.user, told.path, given.get_opinion_display() in told.text) == (
        liaison,
        f"/assignments/{duty.pk}/",
        True,
    )
    entries = timeline(Assignment.objects.filter(pk=duty.pk))
    assert entries[0].title == f"牵头意见：{given.get_opinion_display()}"


def test_wanting_more_says_what(duty, lead):
    with pytest.raises(Refused, match="请说明需要补充什么"):
        lead_opinions.give(submit(duty), by=lead, opinion=Opinion.WANTS_MORE)

    assert LeadOpinion.objects.count() == 0


def test_the_latest_of_several_counts_and_none_is_lost(duty, lead):
    report = submit(duty)

    lead_opinions.give(report, by=lead, **MORE)
    lead_opinions.give(report, by=lead, **FINE)

    assert [one.opinion for one in report.opinions.all()] == [Opinion.ENDORSED, Opinion.WANTS_MORE]


def test_the_same_words_sent_twice_are_kept_once(duty, lead):
    report = submit(duty)

    first, second = lead_opinions.give(report, by=lead, **MORE), lead_opinions.give(report, by=lead, **MORE)

    assert (first, LeadOpinion.objects.count(), Notification.objects.count()) == (second, 1, 1)


def strangers(duty, lead_duty):
    sharer = AssignmentFactory(task=duty.task, role=DutyRole.LEAD)
    return {
        "the unit itself": UserFactory(unit=duty.unit),
        "another responsible unit": UserFactory(unit=AssignmentFactory(task=duty.task).unit),
        "a lead of another row": UserFactory(unit=AssignmentFactory(role=DutyRole.LEAD, coordinates=True).unit),
        "a lead through a collective": UserFactory(unit=sharer.unit),
        "the lead's leader": UserFactory(role=Role.LEADER, unit=lead_duty.unit),
        "the office": UserFactory(role=Role.OFFICE),
        "a reviewer": UserFactory(role=Role.REVIEWER, unit=lead_duty.unit),
        "the auditor": UserFactory(role=Role.AUDITOR),
        "a lead's liaison whose account is off": UserFactory(unit=lead_duty.unit, is_active=False),
    }


def test_nobody_else_gives_an_opinion(duty, lead_duty):
    report = submit(duty)

    for by in strangers(duty, lead_duty).values():
        with pytest.raises(PermissionDenied, match="牵头部门的联络员"):
            lead_opinions.give(report, by=by, **FINE)

    assert LeadOpinion.objects.count() == 0


def test_who_wrote_the_report_has_no_opinion_on_it_from_their_next_post(duty, liaison, lead_duty):
    report = submit(duty, by=liaison)
    liaison.unit = lead_duty.unit
    liaison.save()

    with pytest.raises(PermissionDenied):
        lead_opinions.give(report, by=liaison, **FINE)


def test_a_lead_has_no_opinion_on_its_own_report_or_that_of_a_fellow_lead(lead_duty, lead):
    fellow = AssignmentFactory(task=lead_duty.task, role=DutyRole.LEAD, coordinates=True)

    for report in (submit(lead_duty), submit(fellow)):
        with pytest.raises(PermissionDenied):
            lead_opinions.give(report, by=lead, **FINE)


def test_who_coordinates_the_row_no_more_has_no_opinion(duty, lead_duty, lead):
    report = submit(duty)
    lead_duty.released_on = timezone.localdate()
    lead_duty.save()

    with pytest.raises(PermissionDenied):
        lead_opinions.give(report, by=lead, **FINE)


def test_what_was_taken_back_gets_no_opinion(duty, liaison, lead):
    report = reports.withdraw(submit(duty, by=liaison), by=liaison)

    with pytest.raises(Conflict, match="已撤回"):
        lead_opinions.give(report, by=lead, **FINE)


def test_a_lead_that_read_another_version_is_told(duty, liaison, lead):
    report = submit(duty, by=liaison)
    read = report.version
    reports.withdraw(report, by=liaison)
    submit(duty, by=liaison, text="改过的。")

    with pytest.raises(Conflict, match="重新报送"):
        lead_opinions.give(report, by=lead, version=read, **FINE)

    assert LeadOpinion.objects.count() == 0


def test_an_opinion_on_what_was_answered_already_is_words_alone(duty, lead, reviewer, through):
    report = submit(duty)
    reviews.take_over(report, by=reviewer)
    reviews.approve(report, by=reviewer)

    lead_opinions.give(report, by=lead, **MORE)

    assert lies(report) == (ReportState.APPROVED, ReviewStage.OFFICE)


def test_a_report_is_new_to_the_lead_until_it_speaks_and_again_when_it_was_mended(duty, liaison, lead):
    def is_new():
        return without_opinion(ProgressReport.objects.all(), lead.unit_id).exists()

    with time_machine.travel(on_day(dt.date(2024, 9, 10)), tick=False):
        report = submit(duty, by=liaison)
        seen = [is_new()]
    with time_machine.travel(on_day(dt.date(2024, 9, 11)), tick=False):
        lead_opinions.give(report, by=lead, **FINE)
        seen.append(is_new())
    with time_machine.travel(on_day(dt.date(2024, 9, 12)), tick=False):
        reports.withdraw(report, by=liaison)
        submit(duty, by=liaison, text="改过的。")
        seen.append(is_new())
        lead_opinions.give(report, by=lead, **FINE)
        seen.append(is_new())

    assert seen == [True, False, True, False]


# --- through the lead -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("submits", [submit, claim])
def test_where_the_plan_asks_for_it_a_report_goes_to_its_lead_first_and_is_in_time(duty, through, submits):
    before = timezone.now()

    report = submits(duty)

    assert lies(report) == (ReportState.SUBMITTED, ReviewStage.LEAD)
    assert before <= report.review_stage_since == report.submitted_at
    duty.refresh_from_db()
    assert duty.status == (Status.UNDER_REVIEW if submits is claim else Status.IN_PROGRESS)


def test_without_the_rule_it_goes_to_the_office(duty):
    report = submit(duty)

    assert (lies(report), report.review_stage_since) == (
        (ReportState.SUBMITTED, ReviewStage.OFFICE),
        report.submitted_at,
    )


def test_a_leads_own_report_and_one_without_a_lead_go_to_the_office(lead_duty, through):
    elsewhere = AssignmentFactory(task=TaskFactory(section=lead_duty.task.section))
    sharer = AssignmentFactory(task=lead_duty.task, role=DutyRole.LEAD)

    assert [submit(one).review_stage for one in (lead_duty, elsewhere, sharer)] == [ReviewStage.OFFICE] * 3


@pytest.mark.parametrize(
    "change",
    [
        {"released_on": dt.date(2024, 7, 1)},
        {"owed_from": dt.date(2999, 1, 1)},
        {"coordinates": False},
        {"suspended": True},
    ],
    ids=str,
)
def test_a_lead_that_does_not_coordinate_today_is_passed_by(duty, lead_duty, through, change):
    Assignment.objects.filter(pk=lead_duty.pk).update(**change)

    assert submit(duty).review_stage == ReviewStage.OFFICE


def test_the_units_own_leader_comes_first_and_the_lead_after(duty, liaison, through):
    leader = asks_its_leader(duty.unit)
    report = submit(duty, by=liaison)
    before = lies(report)

    leader_approval.approve(report, by=leader)

    assert (before, lies(report)) == (
        (ReportState.AWAITING_LEADER, ReviewStage.OFFICE),
        (ReportState.SUBMITTED, ReviewStage.LEAD),
    )


def test_the_lead_passes_on_what_it_endorses(duty, lead, through):
    with time_machine.travel(on_day(dt.date(2024, 9, 10)), tick=False):
        report = claim(duty)
    with time_machine.travel(on_day(dt.date(2024, 9, 12)), tick=False):
        lead_opinions.give(report, by=lead, opinion=Opinion.ENDORSED, text="情况属实。")

    assert lies(report) == (ReportState.SUBMITTED, ReviewStage.OFFICE)
    assert report.review_stage_since == on_day(dt.date(2024, 9, 12))
    step = duty.transitions.first()
    assert (step.event, step.by, step.report, step.reason) == ("passed_on", lead, report, "牵头部门意见：情况属实。")
    assert (step.from_status, step.to_status, step.claimed_on) == (
        Status.UNDER_REVIEW,
        Status.UNDER_REVIEW,
        dt.date(2024, 9, 10),
    )


@pytest.mark.parametrize("submits", [submit, claim])
def test_the_lead_that_wants_more_returns_it_to_the_unit(duty, liaison, lead, through, submits):
    report = submits(duty, by=liaison)

    lead_opinions.give(report, by=lead, **MORE)

    report.refresh_from_db()
    duty.refresh_from_db()
    assert (report.state, report.reviewed_by, report.review_comment) == (
        ReportState.RETURNED,
        lead,
        "牵头部门意见：请补充发布链接。",
    )
    assert (duty.status, duty.awaits_answer, duty.claimed_on) == (Status.IN_PROGRESS, True, None)
    assert duty.transitions.first().event == "returned"
    assert "报告已退回" in Notification.objects.get(user=liaison).text
    assert reports.start_answer(duty, by=liaison).answers == report


def test_the_answer_goes_to_the_lead_again(duty, liaison, lead, through):
    lead_opinions.give(submit(duty, by=liaison), by=lead, **MORE)
    draft = reports.start_answer(duty, by=liaison)

    answer = reports.submit(duty, by=liaison, version=draft.version, attested=True, attested_name="保密员甲")

    assert lies(answer) == (ReportState.SUBMITTED, ReviewStage.LEAD)


def test_of_two_leads_the_first_word_decides(duty, lead, through):
    other = UserFactory(unit=AssignmentFactory(task=duty.task, role=DutyRole.LEAD, coordinates=True).unit)
    report = submit(duty)
    lead_opinions.give(report, by=lead, **FINE)

    lead_opinions.give(report, by=other, **MORE)

    assert lies(report) == (ReportState.SUBMITTED, ReviewStage.OFFICE)
    assert LeadOpinion.objects.count() == 2


def test_a_report_at_the_leads_stage_is_decided_there_also_after_the_rule_was_dropped(duty, lead, through):
    report = submit(duty)
    duty.plan.supervision.through_lead = False
    duty.plan.supervision.save()

    lead_opinions.give(report, by=lead, **FINE)

    assert lies(report) == (ReportState.SUBMITTED, ReviewStage.OFFICE)


def test_the_writer_takes_back_what_lies_with_the_lead(duty, liaison, through):
    report = submit(duty, by=liaison)

    reports.withdraw(report, by=liaison)

    report.refresh_from_db()
    assert (report.state, report.review_stage, report.review_stage_since) == (
        ReportState.DRAFT,
        ReviewStage.OFFICE,
        None,
    )


@pytest.mark.parametrize("said", [MORE, FINE], ids=["wants more", "endorsed"])
def test_a_suspended_duty_is_not_decided_by_its_lead(duty, lead, through, said):
    report = submit(duty)
    Assignment.objects.filter(pk=duty.pk).update(suspended=True)

    with pytest.raises(Refused, match="已中止"):
        lead_opinions.give(report, by=lead, **said)

    assert (lies(report), LeadOpinion.objects.count()) == ((ReportState.SUBMITTED, ReviewStage.LEAD), 0)


# --- the office -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda report, by: reviews.approve(report, by=by),
        lambda report, by: reviews.return_(report, by=by, comment="缺材料。"),
    ],
    ids=["approve", "return"],
)
def test_the_office_does_not_answer_what_lies_with_the_lead(duty, reviewer, through, answer):
    report = claim(duty)

    with pytest.raises(Refused, match="尚在牵头部门") as refused:
        answer(report, reviewer)

    assert not isinstance(refused.value, Conflict)
    assert lies(report) == (ReportState.SUBMITTED, ReviewStage.LEAD)


def test_the_office_takes_it_over_and_answers(duty, reviewer, through):
    report = claim(duty)

    reviews.take_over(report, by=reviewer)
    step = duty.transitions.first()
    reviews.approve(report, by=reviewer)

    duty.refresh_from_db()
    assert (step.event, step.by, step.reason) == ("passed_on", reviewer, "县政府办公室直接受理")
    assert (lies(report), duty.status) == ((ReportState.APPROVED, ReviewStage.OFFICE), Status.COMPLETED)


def test_nothing_is_stuck_with_a_lead_that_is_gone(duty, lead_duty, reviewer, through):
    report = claim(duty)
    Assignment.objects.filter(pk=lead_duty.pk).update(released_on=timezone.localdate())

    reviews.take_over(report, by=reviewer)

    assert lies(report) == (ReportState.SUBMITTED, ReviewStage.OFFICE)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.LIAISON, Role.LEADER])
def test_who_does_not_review_takes_nothing_over(duty, through, role):
    report = submit(duty)

    with pytest.raises(PermissionDenied):
        reviews.take_over(report, by=UserFactory(role=role))

    assert lies(report) == (ReportState.SUBMITTED, ReviewStage.LEAD)


def test_who_wrote_it_does_not_take_it_over(duty, liaison, through):
    report = submit(duty, by=liaison)
    liaison.role = Role.REVIEWER
    liaison.save()

    with pytest.raises(PermissionDenied):
        reviews.take_over(report, by=liaison)


def test_what_lies_with_the_office_or_was_answered_is_not_taken_over(duty, reviewer):
    report = submit(duty)

    with pytest.raises(Conflict, match="已在县政府办公室"):
        reviews.take_over(report, by=reviewer)
    reviews.approve(report, by=reviewer)
    with pytest.raises(Conflict, match="已通过"):
        reviews.take_over(report, by=reviewer)


def test_an_evening_on_which_it_lay_with_the_office_counts_as_waiting(duty, lead, reviewer, through):
    from reports import figures

    with time_machine.travel(on_day(dt.date(2024, 9, 10)), tick=False):
        report = submit(duty)
    with time_machine.travel(on_day(dt.date(2024, 9, 12)), tick=False):
        lead_opinions.give(report, by=lead, **FINE)
    with time_machine.travel(on_day(dt.date(2024, 9, 14)), tick=False):
        reviews.approve(report, by=reviewer)
        waited = []
        for day in (dt.date(2024, 9, day) for day in (9, 10, 12, 13, 14)):
            with evening(day):
                reports = figures.still_waiting(figures.submitted(Scope(reviewer, duty.plan, day)))
                waited.append(report in reports)

    assert waited == [False, True, True, True, False]


# --- what waits for an opinion ----------------------------------------------------------------------------------------


def waits_for(user):
    return list(awaiting_opinion(ProgressReport.objects.visible_to(user), user))


def test_a_report_waits_for_the_opinion_until_it_is_given_or_the_report_answered(duty, lead, reviewer):
    report = submit(duty)
    assert waits_for(lead) == [report]

    reviews.approve(report, by=reviewer)
    assert waits_for(lead) == []

    again = submit(duty)
    lead_opinions.give(again, by=lead, **FINE)
    assert waits_for(lead) == []


def test_what_the_lead_wrote_in_their_time_at_the_unit_does_not_wait_for_them(duty, lead_duty, liaison, lead):
    report = submit(duty, by=liaison)
    liaison.unit = lead_duty.unit
    liaison.save()

    assert (waits_for(liaison), waits_for(lead)) == ([], [report])


def test_endorsing_is_the_opinion_of_one_report(duty, through, lead):
    report = submit(duty)

    given = lead_opinions.endorse(report, by=lead, version=report.version)

    report.refresh_from_db()
    assert (given.opinion, report.review_stage) == (Opinion.ENDORSED, ReviewStage.OFFICE)


def test_what_was_answered_meanwhile_is_not_endorsed(duty, through, lead):
    report = submit(duty)
    lead_opinions.give(report, by=UserFactory(unit=lead.unit), **MORE)

    with pytest.raises(Conflict, match="已是“已退回”"):
        lead_opinions.endorse(report, by=lead, version=report.version)

    assert LeadOpinion.objects.count() == 1
