"""The leader, the lead, the office and the writer act at once on one report: one wins, the others are told."""

import pytest

from departments.choices import Role
from tasks.choices import DutyRole, Opinion, ReportState, ReviewStage
from tasks.models import LeadOpinion
from tasks.services.progress import lead_opinions, leader_approval, reports, reviews
from tests.factories import (
    AssignmentFactory,
    DeputyFactory,
    UserFactory,
    asks_its_leader,
    claim,
    goes_through_lead,
    submit,
)

from .test_concurrency import ATTESTED, ROUNDS, at_once, told

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def leaders_of(duty, number=3):
    """A leader and their deputies, each of whom may approve."""
    leader = asks_its_leader(duty.unit)
    return [leader, *(DeputyFactory(unit=duty.unit).person for _ in range(number - 1))]


@pytest.mark.parametrize("answers", ["approve", "send back", "both"])
def test_of_several_who_approve_for_the_unit_exactly_one_wins(answers):
    duty = AssignmentFactory()
    people = leaders_of(duty, 6)
    report = claim(duty)

    def answer(place, by):
        if answers == "approve" or answers == "both" and place % 2:
            return lambda: leader_approval.approve(report, by=by)
        return lambda: leader_approval.send_back(report, by=by, comment="请补充数量。")

    outcomes = at_once(*(answer(place, by) for place, by in enumerate(people)))

    report.refresh_from_db()
    duty.refresh_from_db()
    assert told(outcomes) == {"done": 1, "Conflict": 5}
    assert (report.state, duty.transitions.count()) in {(ReportState.SUBMITTED, 2), (ReportState.DRAFT, 0)}
    assert (report.state == ReportState.SUBMITTED) is (report.leader_approved_by in people)


def test_a_leader_who_clicks_twice_submits_once():
    duty = AssignmentFactory()
    (leader,) = leaders_of(duty, 1)
    report = submit(duty)

    outcomes = at_once(*[lambda: leader_approval.approve(report, by=leader)] * 2)

    assert told(outcomes) == {"done": 1, "Conflict": 1}
    assert duty.transitions.count() == 1


@pytest.mark.parametrize("answer", ["approve", "send back"])
def test_of_the_writer_who_takes_it_back_and_the_leader_who_answers(answer):
    for _ in range(ROUNDS):
        duty = AssignmentFactory()
        (leader,) = leaders_of(duty, 1)
        report = submit(duty)

        withdrawn, answered = at_once(
            lambda report=report: reports.withdraw(report, by=report.author),
            lambda report=report, by=leader: (
                leader_approval.approve(report, by=by)
                if answer == "approve"
                else leader_approval.send_back(report, by=by, comment="请补充数量。")
            ),
        )

        report.refresh_from_db()
        events = list(duty.transitions.order_by("pk").values_list("event", flat=True))
        outcomes = told([withdrawn, answered])
        if answer == "approve" and not isinstance(answered, Exception):
            # approved first, the writer may take it back from the office as well
            assert (outcomes, events) == ({"done": 2}, ["submitted", "withdrawn"])
        else:
            assert (outcomes, events) == ({"done": 1, "Conflict": 1}, [])
        assert report.state == ReportState.DRAFT


@pytest.mark.parametrize("clicks", [2, 4])
def test_a_form_sent_several_times_waits_for_the_leader_once(clicks):
    duty = AssignmentFactory()
    leaders_of(duty, 1)
    liaison = UserFactory(unit=duty.unit)
    post = {"by": liaison, "version": 0, "text": "已公开3条。", **ATTESTED}

    outcomes = at_once(*[lambda: reports.submit(duty, **post)] * clicks)

    assert told(outcomes) == {"done": clicks}
    assert list(duty.reports.values_list("state", flat=True)) == [ReportState.AWAITING_LEADER]


@pytest.fixture
def led():
    """A responsible unit's duty on a row whose reports pass the lead first, and the lead's liaison."""
    lead_duty = AssignmentFactory(role=DutyRole.LEAD, coordinates=True)
    goes_through_lead(lead_duty.plan)
    return AssignmentFactory(task=lead_duty.task), UserFactory(unit=lead_duty.unit)


def test_of_the_lead_that_endorses_and_one_that_wants_more_the_first_decides(led):
    duty, lead = led
    report = claim(duty)
    colleague = UserFactory(unit=lead.unit)

    outcomes = at_once(
        lambda: lead_opinions.give(report, by=lead, opinion=Opinion.ENDORSED),
        lambda: lead_opinions.give(report, by=colleague, opinion=Opinion.WANTS_MORE, text="请补充。"),
    )

    report.refresh_from_db()
    assert told(outcomes) == {"done": 2}
    assert LeadOpinion.objects.count() == 2
    assert (report.state, report.review_stage, duty.transitions.first().event) in {
        (ReportState.SUBMITTED, ReviewStage.OFFICE, "passed_on"),
        (ReportState.RETURNED, ReviewStage.LEAD, "returned"),
    }
    assert duty.transitions.count() == 3


def test_of_the_lead_that_endorses_and_the_office_that_takes_over_one_passes_it_on(led):
    duty, lead = led
    reviewer = UserFactory(role=Role.REVIEWER)
    report = submit(duty)

    given, taken = at_once(
        lambda: lead_opinions.give(report, by=lead, opinion=Opinion.ENDORSED),
        lambda: reviews.take_over(report, by=reviewer),
    )

    report.refresh_from_db()
    assert not isinstance(given, Exception)
    assert told([taken]) in ({"done": 1}, {"Conflict": 1})
    assert (report.state, report.review_stage) == (ReportState.SUBMITTED, ReviewStage.OFFICE)
    assert list(duty.transitions.values_list("event", flat=True)) == ["passed_on", "submitted"]


def test_of_the_writer_who_withdraws_and_the_lead_that_wants_more_one_wins(led):
    duty, lead = led
    for _ in range(ROUNDS):
        report = submit(AssignmentFactory(task=duty.task))

        outcomes = at_once(
            lambda report=report: reports.withdraw(report, by=report.author),
            lambda report=report: lead_opinions.give(report, by=lead, opinion=Opinion.WANTS_MORE, text="请补充。"),
        )

        report.refresh_from_db()
        assert told(outcomes) == {"done": 1, "Conflict": 1}
        assert report.state in (ReportState.DRAFT, ReportState.RETURNED)
        assert report.assignment.transitions.count() == 2
