"""A unit confirms its duties once, by whoever of its liaisons comes first, and names who is in charge."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.choices import Event
from tasks.models import Assignment, ReminderItem
from tasks.services.supervision import acknowledgements
from tests.factories import AssignmentFactory, TaskFactory, UnitFactory, UserFactory, chase, complete, submit
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def duties():
    """Two duties of one unit."""
    unit, task = UnitFactory(), TaskFactory()
    return [
        AssignmentFactory(task=task, unit=unit),
        AssignmentFactory(task=TaskFactory(section=task.section), unit=unit),
    ]


@pytest.fixture
def liaison(duties):
    return UserFactory(unit=duties[0].unit)


def current(duty):
    duty.refresh_from_db()
    return duty.acknowledged_by, duty.handler, duty.leader


def test_duties_are_confirmed_together_with_who_is_in_charge(duties, liaison):
    number = acknowledgements.acknowledge(duties, by=liaison, handler="王五", leader="赵六")

    steps = [duty.transitions.get() for duty in duties]
    assert number == 2
    assert [current(duty) for duty in duties] == [(liaison, "王五", "赵六")] * 2
    assert {(step.event, step.by, step.reason) for step in steps} == {
        (Event.ACKNOWLEDGED, liaison, "经办人：王五；分管领导：赵六")
    }
    assert all(duty.acknowledged_at for duty in duties)


def test_confirming_leaves_status_and_light_inputs_alone(duties, liaison):
    submit(duties[0])
    before = Assignment.objects.filter(pk=duties[0].pk).values("status", "claimed_on", "awaits_answer", "due_on").get()

    acknowledgements.acknowledge(duties, by=liaison)

    after = Assignment.objects.filter(pk=duties[0].pk).values("status", "claimed_on", "awaits_answer", "due_on").get()
    assert after == before


def test_the_first_to_confirm_stays_and_names_can_be_changed_afterwards(duties, liaison):
    acknowledgements.acknowledge(duties, by=liaison, handler="王五", leader="赵六")
    colleague = UserFactory(unit=liaison.unit)

    number = acknowledgements.acknowledge(duties, by=colleague, handler="孙七")

    assert number == 0
    assert [current(duty) for duty in duties] == [(liaison, "孙七", "赵六")] * 2
    assert [duty.transitions.count() for duty in duties] == [1, 1]


@pytest.mark.parametrize("role", [Role.LEADER, Role.OFFICE, Role.REVIEWER, Role.AUDITOR])
def test_only_a_liaison_confirms(duties, role):
    person = UserFactory(role=role, unit=duties[0].unit)

    with pytest.raises(PermissionDenied):
        acknowledgements.acknowledge(duties, by=person)


def test_one_duty_of_another_unit_among_the_own_refuses_them_all(duties, liaison):
    with pytest.raises(PermissionDenied):
        acknowledgements.acknowledge([*duties, AssignmentFactory(task=duties[0].task)], by=liaison)

    assert current(duties[0]) == (None, "", "")


def test_nothing_to_confirm_is_refused(liaison):
    with pytest.raises(Refused) as refusal:
        acknowledgements.acknowledge([], by=liaison)

    assert str(refusal.value) == "请先勾选承办事项。"


def test_a_suspended_duty_is_confirmed_when_it_is_taken_up_again(duties, liaison):
    Assignment.objects.filter(pk=duties[0].pk).update(suspended=True)

    with pytest.raises(Refused) as refusal:
        acknowledgements.acknowledge(duties, by=liaison)

    assert str(refusal.value) == "该事项已中止，恢复办理后才能签收。"


def test_who_submits_a_report_has_seen_the_duty_and_what_it_was_urged_to(duties, liaison):
    chase(duties[0])

    report = submit(duties[0], by=liaison)

    item = ReminderItem.objects.get()
    assert current(duties[0])[0] == item.seen_by == liaison
    assert duties[0].acknowledged_at == report.submitted_at
    assert [step.event for step in duties[0].transitions.all()] == [Event.SUBMITTED]  # says it all


def test_reporting_later_keeps_the_first_acknowledgement(duties, liaison):
    acknowledgements.acknowledge(duties, by=liaison)

    submit(duties[0], by=UserFactory(unit=liaison.unit))

    assert current(duties[0])[0] == liaison


# --- who has not, within three working days ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "is_late"),
    [
        (dt.date(2024, 9, 30), False),
        (dt.date(2024, 10, 9), False),  # the third working day is not over
        (dt.date(2024, 10, 10), True),
    ],
)
def test_a_acknowledgement_is_late_when_its_working_days_have_passed(today, is_late):
    duty = AssignmentFactory(owed_from=dt.date(2024, 9, 29))  # a Sunday that is worked; then 30, 8, 9

    with time_machine.travel(on_day(today), tick=False):
        late = Assignment.objects.unacknowledged_late({duty.plan_id: 3})

    assert list(late) == ([duty] if is_late else [])


def test_without_a_day_it_is_today(duties):
    Assignment.objects.update(owed_from=dt.date(2024, 9, 29))
    within = {duty.plan_id: 3 for duty in duties}
    with time_machine.travel(on_day(dt.date(2024, 10, 9)), tick=False):
        in_time = Assignment.objects.unacknowledged_late(within).count()
    with time_machine.travel(on_day(dt.date(2024, 10, 10)), tick=False):
        late = Assignment.objects.unacknowledged_late(within).count()

    assert (in_time, late) == (0, 2)


def test_what_is_done_or_confirmed_waits_for_no_acknowledgement(duties, liaison):
    complete(duties[0])
    Assignment.objects.filter(pk=duties[0].pk).update(acknowledged_at=None)
    assert list(Assignment.objects.unacknowledged()) == [duties[1]]

    acknowledgements.acknowledge(duties[1:], by=liaison)

    assert list(Assignment.objects.unacknowledged()) == []


def test_confirming_many_takes_a_fixed_number_of_queries(duties, liaison, django_assert_num_queries):
    def duties_of(number):
        return [
            AssignmentFactory(task=TaskFactory(section=duties[0].task.section), unit=liaison.unit)
            for _ in range(number)
        ]

    few, many = duties_of(2), duties_of(40)
    with django_assert_num_queries(6):  # a savepoint and its end, lock, update, steps, told to the audit trail
        acknowledgements.acknowledge(few, by=liaison)

    with django_assert_num_queries(6):
        acknowledgements.acknowledge(many, by=liaison)
