"""What becomes of a reminder: answered in words, repeated a grade higher, withdrawn; who may, and who is told."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role, UnitKind
from tasks.choices import DutyRole
from tasks.models import Notification, Reminder, ReminderAnswer, StockPhrase
from tasks.services.supervision import phrases, reminder_answers, reminders
from tests.factories import AssignmentFactory, TaskFactory, UserFactory, chase, complete, submit
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 12, 2)  # a Monday


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


@pytest.fixture
def lead(row):
    return UserFactory(unit=row[0].unit)


@pytest.fixture
def liaison(row):
    return UserFactory(unit=row[1][0].unit)


def answer(reminder, by, text="正在办理。", **given):
    return reminder_answers.answer(
        reminder, by=by, **{"items": list(reminder.items.all()), "text": text, "key": uuid.uuid4(), **given}
    )


def told(person):
    return [notice.text for notice in Notification.objects.filter(user=person)]


# --- the day to answer by ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("grade", "day"), [("blue", 9), ("yellow", 5), ("red", 4)])
def test_the_day_to_answer_by_is_that_of_the_grade(row, office, grade, day):
    assert chase(*row[1], by=office, grade=grade).answer_by == dt.date(2024, 12, day)


def test_another_day_can_be_given_but_not_before_tomorrow(row, office):
    def send(day):
        return reminders.send(row[1], by=office, grade="blue", text="请。", key=uuid.uuid4(), answer_by=day)

    assert send(dt.date(2024, 12, 3)).answer_by == dt.date(2024, 12, 3)
    with pytest.raises(Refused, match="最早为明天"):
        send(TODAY)


def test_the_units_are_told_by_when(row, office, liaison):
    chase(*row[1], by=office, grade="yellow", text="请抓紧。")

    assert told(liaison) == ["县政府办公室催办：1件承办事项，请于2024年12月5日前回复。请抓紧。"]


# --- answering --------------------------------------------------------------------------------------------------------


def test_a_unit_answers_for_its_own_duties_and_the_sender_is_told(row, office, liaison):
    reminder = chase(*row[1], by=office)

    answers = answer(reminder, liaison)

    assert [(one.item.assignment, one.text, one.by, one.unit) for one in answers] == [
        (row[1][0], "正在办理。", liaison, liaison.unit)
    ]
    assert [item.state for item in reminder.items.with_state()] == ["answered", "waiting"]
    assert reminder.items.first().seen_by == liaison
    assert told(office) == [f"{liaison.unit.label}答复了{reminder}：正在办理。"]


def test_of_a_leads_reminder_its_liaisons_are_told(row, lead, liaison, office):
    answer(chase(row[1][0], by=lead), liaison)

    assert (len(told(lead)), told(office)) == (1, [])


def test_the_same_form_twice_answers_once_and_more_can_be_added(row, office, liaison):
    reminder, key = chase(row[1][0], by=office), uuid.uuid4()

    for _ in range(2):
        answer(reminder, liaison, key=key)
    answer(reminder, liaison, text="已办结八成。")

    assert list(ReminderAnswer.objects.values_list("text", flat=True)) == ["正在办理。", "已办结八成。"]


@pytest.mark.parametrize("who", ["office", "lead", "stranger"])
def test_nobody_answers_for_another_unit(row, office, lead, who):
    reminder = chase(*row[1], by=office)

    with pytest.raises(PermissionDenied):
        answer(reminder, {"office": office, "lead": lead, "stranger": UserFactory()}[who])


def test_without_words_or_duties_nothing_is_answered(row, office, liaison):
    reminder = chase(*row[1], by=office)

    with pytest.raises(Refused, match="请填写答复"):
        answer(reminder, liaison, text="")
    with pytest.raises(Refused, match="请勾选"):
        answer(reminder, liaison, items=[reminder.items.last()])
    assert not ReminderAnswer.objects.exists()


def test_a_withdrawn_reminder_takes_no_answer(row, office, liaison):
    reminder = chase(*row[1], by=office)
    reminder_answers.withdraw(reminder, by=office, reason="发错了。")

    with pytest.raises(Conflict, match="已撤销"):
        answer(reminder, liaison)


# --- repeating --------------------------------------------------------------------------------------------------------


def test_what_was_not_answered_is_repeated_a_grade_higher_with_its_text(row, office, liaison):
    reminder = chase(*row[1], by=office, grade="blue")
    answer(reminder, liaison)

    again = reminder_answers.repeat(reminder, by=office)

    assert (again.grade, again.repeats, again.text) == ("yellow", reminder, reminders.default_text("yellow"))
    assert [item.assignment for item in again.items.all()] == [row[1][1]]
    assert again.items.get().words.startswith(f"{row[1][1].unit.name}：")


def test_clicked_twice_it_is_repeated_once_and_withdrawn_it_can_be_again(row, office):
    reminder = chase(*row[1], by=office)

    first, second = (reminder_answers.repeat(reminder, by=office) for _ in range(2))
    reminder_answers.withdraw(first, by=office, reason="发错了。")
    third = reminder_answers.repeat(reminder, by=office)

    assert (first == second, third == first) == (True, False)


def test_one_unit_of_it_can_be_repeated_alone_and_the_rest_after(row, office):
    reminder = chase(*row[1], by=office)

    one = reminder_answers.repeat(reminder, by=office, unit=row[1][1].unit_id)
    rest = reminder_answers.repeat(reminder, by=office)

    assert [[item.assignment for item in sent.items.all()] for sent in (one, rest)] == [[row[1][1]], [row[1][0]]]


def test_where_all_is_answered_or_done_there_is_nothing_to_repeat(row, office, clock):
    reminder = chase(*row[1], by=office)
    clock.shift(60)
    submit(row[1][0])
    complete(row[1][1])

    with pytest.raises(Conflict, match="没有需要再催的"):
        reminder_answers.repeat(reminder, by=office)


def test_a_lead_repeats_up_to_yellow_and_a_reviewer_no_red(row, office, lead):
    yellow, red = chase(row[1][0], by=lead, grade="yellow"), chase(row[1][1], by=office, grade="red")

    assert reminder_answers.repeat(yellow, by=lead).grade == "yellow"
    with pytest.raises(Refused, match="由其再次督办"):
        reminder_answers.repeat(red, by=UserFactory(role=Role.REVIEWER))


def test_without_a_phrase_the_text_of_before_is_sent_again(row, office):
    StockPhrase.objects.all().delete()
    reminder = chase(*row[1], by=office, text="请抓紧。")

    assert reminder_answers.repeat(reminder, by=office).text == "请抓紧。"


# --- withdrawing ------------------------------------------------------------------------------------------------------


def test_a_withdrawn_reminder_waits_for_nothing_and_its_units_are_told(row, office, liaison):
    reminder = chase(*row[1], by=office)

    reminder_answers.withdraw(reminder, by=office, reason="时限看错了。")

    assert [item.state for item in reminder.items.with_state()] == ["withdrawn"] * 2
    assert f"县政府办公室撤销了{reminder}，不需要再回复。原因：时限看错了。" in told(liaison)
    assert reminders.latest_grades(row[1]) == {}


def test_it_is_withdrawn_by_the_side_that_sent_it_once_with_a_reason(row, office, lead):
    of_office, of_lead = chase(*row[1], by=office), chase(*row[1], by=lead)

    for reminder, by in ((of_office, lead), (of_lead, office)):
        with pytest.raises(PermissionDenied):
            reminder_answers.withdraw(reminder, by=by, reason="发错了。")
    with pytest.raises(Refused, match="原因"):
        reminder_answers.withdraw(of_office, by=office, reason=" ")
    reminder_answers.withdraw(of_lead, by=lead, reason="发错了。")
    with pytest.raises(Refused, match="已撤销"):
        reminder_answers.withdraw(of_lead, by=lead, reason="发错了。")


def test_what_changed_since_it_was_shown_is_told_before_it_is_withdrawn(row, office, liaison):
    reminder = chase(*row[1], by=office)
    seen = reminder_answers.outlook(reminder).mark
    answer(reminder, liaison)

    with pytest.raises(Conflict, match="在此期间情况有变"):
        reminder_answers.withdraw(reminder, by=office, reason="发错了。", seen=seen)
    assert Reminder.objects.get().withdrawn_at is None


# --- phrases ----------------------------------------------------------------------------------------------------------


def test_phrases_are_kept_by_the_office_and_checked(office, lead):
    given = {"grade": "yellow", "text": "{单位}：请报送。", "order": 1}

    phrase = phrases.save(StockPhrase(), by=office, **given)

    assert reminders.default_text("yellow") == "{单位}：请报送。"
    with pytest.raises(Refused, match="占位词"):
        phrases.save(phrase, by=office, **{**given, "text": "{谁}"})
    for step in (lambda: phrases.save(phrase, by=lead, **given), lambda: phrases.delete(phrase, by=lead)):
        with pytest.raises(PermissionDenied):
            step()
    phrases.delete(phrase, by=office)
    assert not StockPhrase.objects.filter(pk=phrase.pk).exists()
