"""How a reminder of a duty stands: unanswered, over its day, answered by report or words, withdrawn; on any evening."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from departments.choices import Role, UnitKind
from tasks.choices import DutyRole, ReminderState
from tasks.models import Reminder, ReminderAnswer, ReminderItem
from tasks.services.deadlines import suspension
from tests.factories import AssignmentFactory, TaskFactory, UserFactory, chase, submit
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 12, 2)
DUE = dt.date(2024, 12, 5)
AFTER = dt.date(2024, 12, 6)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(on_day(TODAY), tick=False) as clock:
        yield clock


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def row():
    """A row that a bureau leads and two towns answer for."""
    task = TaskFactory()
    lead = AssignmentFactory(task=task, role=DutyRole.LEAD, coordinates=True)
    return lead, [AssignmentFactory(task=task, unit__kind=UnitKind.TOWNSHIP) for _ in range(2)]


def sent(*duties, by=None, answer_by=DUE, **given):
    reminder = chase(*duties, by=by, **given)
    Reminder.objects.filter(pk=reminder.pk).update(answer_by=answer_by)
    return reminder


def say(item, text="正在办理。"):
    by = UserFactory(unit=item.assignment.unit)
    return ReminderAnswer.objects.create(item=item, text=text, unit=by.unit, by=by, at=timezone.now(), key=uuid.uuid4())


def state(reminder):
    return [item.state for item in reminder.items.with_state()]


def test_it_waits_until_its_day_and_is_over_it_on_the_next(clock, row):
    reminder = sent(*row[1])
    clock.move_to(on_day(DUE))
    on_the_day = state(reminder)
    clock.move_to(on_day(AFTER))

    assert (on_the_day, state(reminder)) == (["waiting"] * 2, ["overdue"] * 2)


def test_a_reminder_without_a_day_is_never_over_it(clock, row):
    reminder = sent(*row[1], answer_by=None)
    clock.move_to(on_day(AFTER))

    assert state(reminder) == ["waiting"] * 2


def test_a_report_answers_it_and_is_named(clock, row):
    reminder = sent(*row[1])
    clock.shift(60)
    report = submit(row[1][0])

    first, second = reminder.items.with_state()
    assert (first.state, first.report, first.answered_at, first.is_late) == (
        "answered",
        report.pk,
        report.submitted_at,
        False,
    )
    assert (second.state, second.report, second.answered_at) == ("waiting", None, None)


def test_words_answer_it_without_a_report_and_late_is_late(clock, row):
    reminder = sent(*row[1])
    clock.move_to(on_day(AFTER))
    say(reminder.items.last())

    assert [(item.state, item.is_late, item.report) for item in reminder.items.with_state()] == [
        ("overdue", False, None),
        ("answered", True, None),
    ]


def test_what_is_no_longer_owed_needs_no_answer(row, office):
    reminder = sent(*row[1])
    suspension.suspend(row[1][0], by=office, reason="合并办理。")

    assert state(reminder) == ["lapsed", "waiting"]


def test_the_office_follows_up_its_own_that_are_over_their_day(clock, row, office):
    lead = UserFactory(unit=row[0].unit)
    of_office, of_lead = sent(*row[1], by=office), sent(*row[1], by=lead)
    say(of_office.items.first())
    before = list(ReminderItem.objects.awaiting_answer(DUE))
    clock.move_to(on_day(AFTER))

    assert before == []
    assert list(ReminderItem.objects.awaiting_answer(AFTER)) == [of_office.items.last()]
    assert state(of_lead) == ["overdue"] * 2


def test_what_was_repeated_counts_by_the_newer_reminder_of_the_same_sender(clock, row, office):
    sent(row[1][0], by=office)
    by_lead = sent(row[1][0], by=UserFactory(unit=row[0].unit))
    again = sent(row[1][0], by=office, answer_by=dt.date(2024, 12, 20))
    clock.move_to(on_day(AFTER))

    assert list(ReminderItem.objects.latest()) == [by_lead.items.get(), again.items.get()]
    assert list(ReminderItem.objects.awaiting_answer(AFTER)) == []


def test_a_unit_answers_what_was_sent_to_it(row, office):
    reminder = sent(*row[1], by=office)
    people = [UserFactory(unit=row[1][0].unit), UserFactory(unit=row[1][0].unit, role=Role.LEADER), office]

    assert [list(ReminderItem.objects.to_answer(person)) for person in people] == [
        [reminder.items.first()],
        [reminder.items.first()],
        [],
    ]


def test_a_past_evening_shows_what_had_been_sent_answered_and_withdrawn_by_then(clock, row, office):
    reminder = sent(*row[1], by=office)
    clock.move_to(on_day(AFTER))
    say(reminder.items.first())
    clock.move_to(on_day(dt.date(2024, 12, 10)))
    Reminder.objects.filter(pk=reminder.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=office, withdrawn_why="发错了。"
    )
    clock.move_to(on_day(dt.date(2024, 12, 12)))

    seen = {}
    for day in (1, 2, 5, 6, 9, 10):
        with evening(dt.date(2024, 12, day)):
            seen[day] = [item.state for item in ReminderItem.objects.with_state().order_by("pk")]
    assert seen == {
        1: [],
        2: ["waiting", "waiting"],
        5: ["waiting", "waiting"],
        6: ["answered", "overdue"],
        9: ["answered", "overdue"],
        10: [ReminderState.WITHDRAWN] * 2,
    }
