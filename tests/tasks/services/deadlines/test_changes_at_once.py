"""Several people decide, ask, suspend and reassign at once, each through a real connection of their own."""

import datetime as dt

import pytest

from departments.choices import Role
from tasks.choices import DutyRole, ExtensionState
from tasks.models import Extension
from tasks.services.deadlines import extensions, reassignment, suspension
from tests.factories import AssignmentFactory, DesignationFactory, ExtensionFactory, UnitFactory, UserFactory
from tests.made_files import pdf_upload
from tests.tasks.services.progress.test_concurrency import ROUNDS, at_once, told
from wenshang_disclosure.files.models import StoredFile

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

FAR = dt.date(2099, 12, 31)
FARTHER = dt.date(2100, 12, 31)


@pytest.fixture
def duty():
    return AssignmentFactory(due_on=FAR)


@pytest.mark.parametrize("answers", ["grant", "refuse", "both"])
def test_of_eight_who_decide_one_request_exactly_one_wins(duty, answers):
    request = ExtensionFactory(assignment=duty, requested_due_on=FARTHER)
    people = UserFactory.create_batch(8, role=Role.REVIEWER)

    def decide(place, by):
        if answers == "grant" or answers == "both" and place % 2:
            return lambda: extensions.grant(request, by=by)
        return lambda: extensions.refuse(request, by=by, comment="理由不充分。")

    outcomes = at_once(*(decide(place, by) for place, by in enumerate(people)))

    request.refresh_from_db()
    duty.refresh_from_db()
    winner = next(by for by, outcome in zip(people, outcomes, strict=True) if not isinstance(outcome, Exception))
    granted = request.state == ExtensionState.GRANTED
    assert told(outcomes) == {"done": 1, "Conflict": 7}
    assert request.decided_by == winner
    assert (duty.due_on, duty.transitions.count()) == ((FARTHER, 1) if granted else (FAR, 0))
    assert all(str(winner) in str(outcome) for outcome in outcomes if isinstance(outcome, Exception))


def test_of_two_who_ask_at_once_one_is_told_and_leaves_no_file(duty, evidence_folder):
    people = UserFactory.create_batch(2, unit=duty.unit)

    outcomes = at_once(
        *(
            lambda by=by: extensions.ask(
                duty, by=by, requested_due_on=FARTHER, reason="上级文件较晚。", files=[pdf_upload()]
            )
            for by in people
        )
    )

    assert told(outcomes) == {"done": 1, "Conflict": 1}
    assert (Extension.objects.count(), StoredFile.objects.count()) == (1, 1)
    assert len([path for path in evidence_folder.rglob("*") if path.is_file()]) == 1


def test_of_who_takes_back_and_who_decides_one_wins():
    clerk = UserFactory(role=Role.OFFICE)
    for _ in range(ROUNDS):
        request = ExtensionFactory(assignment=AssignmentFactory(due_on=FAR), requested_due_on=FARTHER)

        outcomes = at_once(
            lambda request=request: extensions.withdraw(request, by=request.requested_by),
            lambda request=request: extensions.grant(request, by=clerk),
        )

        request.refresh_from_db()
        assert told(outcomes) == {"done": 1, "Conflict": 1}
        assert request.state in (ExtensionState.WITHDRAWN, ExtensionState.GRANTED)


def test_of_four_who_suspend_one_wins(duty):
    people = UserFactory.create_batch(4, role=Role.OFFICE)

    outcomes = at_once(*(lambda by=by: suspension.suspend(duty, by=by, reason="等待。") for by in people))

    assert told(outcomes) == {"done": 1, "Conflict": 3}
    assert duty.transitions.count() == 1


def test_of_two_who_give_a_duty_away_one_wins(duty):
    DesignationFactory(task=duty.task, role=DutyRole.RESPONSIBLE, unit=duty.unit)
    people = UserFactory.create_batch(2, role=Role.OFFICE)
    takers = UnitFactory.create_batch(2)

    outcomes = at_once(
        *(
            lambda by=by, unit=unit: reassignment.reassign(duty, unit, by=by, reason="职能划转。")
            for by, unit in zip(people, takers, strict=True)
        )
    )

    assert told(outcomes) == {"done": 1, "Conflict": 1}
    assert duty.task.assignments.filter(released_on__isnull=True).count() == 1
