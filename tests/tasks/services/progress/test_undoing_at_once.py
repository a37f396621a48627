"""Several take back one decision at once, or one while its unit reports on: one wins, the others are told."""

import pytest

from departments.choices import Role
from tasks.choices import Event, PlanState, ReportState
from tasks.models import Plan, ProgressReport
from tasks.services.plans import undoing as undoing_issue
from tasks.services.progress import reports, reviews, undoing
from tests.factories import AssignmentFactory, UserFactory, claim, submit

from .test_concurrency import ATTESTED, ROUNDS, at_once, told

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("evidence_folder"),
]


def clerks(number):
    return [UserFactory(role=Role.OFFICE) for _ in range(number)]


def test_of_several_who_take_back_an_approval_exactly_one_does():
    report = claim(AssignmentFactory())
    reviews.approve(report, by=UserFactory(role=Role.REVIEWER))

    outcomes = at_once(*[lambda by=by: undoing.undo(report, by=by, reason="重新审核。") for by in clerks(4)])

    assert told(outcomes) == {"done": 1, "Conflict": 3}
    assert report.assignment.transitions.filter(event=Event.UNAPPROVED).count() == 1


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_return_is_either_answered_or_taken_back(_):
    duty = AssignmentFactory()
    by = UserFactory(unit=duty.unit)
    report = submit(duty, by=by)
    reviews.return_(report, by=UserFactory(role=Role.REVIEWER), comment="请补充。")
    draft = reports.start_answer(duty, by=by)
    (clerk,) = clerks(1)

    outcomes = at_once(
        lambda: undoing.undo(report, by=clerk, reason="重新审核。"),
        lambda: reports.submit(duty, by=by, version=draft.version, text="已补充。", **ATTESTED),
    )

    report.refresh_from_db()
    assert not isinstance(outcomes[1], Exception)
    assert report.state == (ReportState.RETURNED if isinstance(outcomes[0], Exception) else ReportState.SUBMITTED)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_an_issue_is_either_reported_on_or_taken_back(_):
    duty = AssignmentFactory()
    by = UserFactory(unit=duty.unit)
    draft = reports.save_draft(duty, by=by, version=0, text="进展。")
    (clerk,) = clerks(1)

    at_once(
        lambda: undoing_issue.undo_issue(duty.plan, by=clerk, reason="单位有误。"),
        lambda: reports.submit(duty, by=by, version=draft.version, text="进展。", **ATTESTED),
    )

    state, plan = ProgressReport.objects.get().state, Plan.objects.get(pk=duty.plan_id).state
    assert (state, plan) in {(ReportState.SUBMITTED, PlanState.ISSUED), (ReportState.DRAFT, PlanState.WITHDRAWN)}
