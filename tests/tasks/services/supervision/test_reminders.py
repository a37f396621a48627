"""Chasing by hand: who may chase what, once a form, numbered by year, and what was left out of it."""

import datetime as dt
import uuid
from collections import Counter

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role, UnitKind
from tasks.choices import DutyRole, Grade
from tasks.models import Assignment, Notification, Reminder, ReminderItem
from tasks.services.progress import reports, reviews
from tasks.services.supervision import reminders
from tests.factories import (
    AssignmentFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    chase,
    claim,
    complete,
    submit,
)
from tests.tasks.services.progress.test_concurrency import at_once, told
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 12, 2)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(on_day(TODAY), tick=False) as clock:
        yield clock


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def row():
    """A row that a bureau leads and two towns answer for."""
    task = TaskFactory()
    lead = AssignmentFactory(task=task, role=DutyRole.LEAD, coordinates=True)
    towns = [AssignmentFactory(task=task, unit__kind=UnitKind.TOWNSHIP) for _ in range(2)]
    return task, lead, towns


@pytest.fixture
def duties(row):
    return row[2]


@pytest.fixture
def lead(row):
    """The liaison of the bureau that leads the row."""
    return UserFactory(unit=row[1].unit)


def everything():
    return Assignment.objects.all()


def later(clock, **delta):
    clock.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(**delta))


# --- sending ----------------------------------------------------------------------------------------------------------


def test_what_is_sent_is_kept_as_it_was_said(duties, clerk):
    reminder = chase(*duties, by=clerk, grade="yellow", text="请于3个工作日内报送。")

    assert (reminder.grade, reminder.text, reminder.by, reminder.on) == (
        Grade.YELLOW,
        "请于3个工作日内报送。",
        clerk,
        TODAY,
    )
    assert {item.assignment for item in reminder.items.all()} == set(duties)
    assert (reminder.sender, reminder.from_unit, str(reminder)) == ("县政府办公室", None, "催办〔2024〕1号")


def test_a_lead_sends_in_its_own_name(row, lead):
    reminder = chase(*row[2], by=lead)

    assert (reminder.sender, reminder.from_unit) == (lead.unit.name, lead.unit)


def test_the_people_of_each_unit_are_told_once_with_the_number_of_duties(row, clerk):
    task, _, (first, second) = row
    also = AssignmentFactory(task=TaskFactory(section=task.section), unit=first.unit)
    liaison, leader = UserFactory(unit=first.unit), UserFactory(unit=first.unit, role=Role.LEADER)
    other = UserFactory(unit=second.unit)
    UserFactory(unit=second.unit, is_active=False)

    reminder = chase(first, second, also, by=clerk, text="请抓紧。")

    told = {notice.user: (notice.text, notice.path) for notice in Notification.objects.all()}
    path = f"/reminders/{reminder.pk}/"
    assert told == {
        liaison: ("县政府办公室提醒：2件承办事项，请于2024年12月9日前回复。请抓紧。", path),
        leader: ("县政府办公室提醒：2件承办事项，请于2024年12月9日前回复。请抓紧。", path),
        other: ("县政府办公室提醒：1件承办事项，请于2024年12月9日前回复。请抓紧。", path),
    }


def test_a_form_sent_twice_chases_once(duties, clerk):
    sent = {"by": clerk, "grade": "blue", "text": "请抓紧。", "key": uuid.uuid4()}

    first, second = reminders.send(duties, **sent), reminders.send(duties, **sent)

    assert first == second
    assert ReminderItem.objects.count() == 2


def test_a_form_sent_again_after_all_have_claimed_gives_what_it_sent(duties, clerk):
    sent = {"by": clerk, "grade": "blue", "text": "请抓紧。", "key": uuid.uuid4()}
    first = reminders.send(duties, **sent)
    for duty in duties:
        claim(duty)

    assert reminders.send(duties, **sent) == first


@pytest.mark.parametrize("text", ["", None])
def test_nothing_is_sent_without_a_text(duties, clerk, text):
    with pytest.raises(Refused) as refusal:
        chase(*duties, by=clerk, text=text)

    assert str(refusal.value) == "请填写催办内容。"
    assert not Reminder.objects.exists()


def test_duties_of_two_plans_are_not_chased_with_one_letter(duties, clerk):
    other = AssignmentFactory(task=TaskFactory(section=SectionFactory(part__plan=PlanFactory(year=2023))))

    with pytest.raises(Refused) as refusal:
        chase(*duties, other, by=clerk)

    assert str(refusal.value) == "一次只能催办同一年度任务分解表的事项。"


# --- what is left out -------------------------------------------------------------------------------------------------


def put_aside(duty, how):
    if how == "claimed":
        claim(duty)
    elif how == "done":
        complete(duty)
    elif how == "suspended":
        Assignment.objects.filter(pk=duty.pk).update(suspended=True)
    else:
        Assignment.objects.filter(pk=duty.pk).update(released_on=TODAY)


WAYS = ["claimed", "done", "suspended", "released"]


@pytest.mark.parametrize("how", WAYS)
def test_what_is_out_of_the_units_hands_is_left_out(duties, clerk, how):
    put_aside(duties[0], how)

    reminder = chase(*duties, by=clerk)

    assert [item.assignment for item in reminder.items.all()] == [duties[1]]
    assert set(reminders.chaseable(everything().filter(role=DutyRole.RESPONSIBLE), clerk)) == {duties[1]}


@pytest.mark.parametrize("how", WAYS)
def test_where_nothing_is_left_it_is_told(duties, clerk, how):
    for duty in duties:
        put_aside(duty, how)

    with pytest.raises(Conflict) as refusal:
        chase(*duties, by=clerk)

    assert str(refusal.value) == "所选事项都已办结、申报办结、中止或解除，没有需要催办的。"
    assert not Reminder.objects.exists()


def test_no_duties_at_all_are_refused(clerk):
    with pytest.raises(Conflict):
        chase(by=clerk)


def test_a_mixed_selection_reaches_what_is_in_hand(row, clerk):
    task, lead_duty, (first, second) = row
    returned = submit(first)
    reviews.return_(returned, by=clerk, comment="请补充。")
    claim(second)

    reminder = chase(lead_duty, first, second, by=clerk)

    assert {item.assignment for item in reminder.items.all()} == {lead_duty, first}


# --- who may chase what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OFFICE, Role.REVIEWER])
def test_office_and_reviewers_chase_every_duty_in_hand(row, role):
    person = UserFactory(role=role)

    assert set(reminders.chaseable(everything(), person)) == {row[1], *row[2]}
    assert chase(row[1], *row[2], by=person).items.count() == 3


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.LEADER])
def test_auditors_and_leaders_chase_nobody(row, role):
    person = UserFactory(role=role, unit=row[1].unit)

    with pytest.raises(PermissionDenied):
        chase(*row[2], by=person)
    assert not Reminder.objects.exists()


def test_a_lead_chases_the_responsible_units_of_its_row(row, lead):
    assert set(reminders.chaseable(everything(), lead)) == set(row[2])
    assert chase(*row[2], by=lead).items.count() == 2


def not_theirs(row, lead, which):
    """A duty that the lead may not chase."""
    task, lead_duty, _ = row
    if which == "its own":
        return lead_duty
    if which == "another lead's on the same row":
        return AssignmentFactory(task=task, role=DutyRole.LEAD, coordinates=True)
    if which == "its own as a responsible unit":
        led_by_another = AssignmentFactory(task__section=task.section, role=DutyRole.LEAD, coordinates=True)
        return AssignmentFactory(task=led_by_another.task, unit=lead.unit)
    if which == "on another row":
        return AssignmentFactory(task=TaskFactory(section=task.section))
    in_a_collective = TaskFactory(section=task.section)
    AssignmentFactory(task=in_a_collective, unit=lead.unit, role=DutyRole.LEAD, coordinates=False)
    return AssignmentFactory(task=in_a_collective)


@pytest.mark.parametrize(
    "which",
    [
        "its own",
        "another lead's on the same row",
        "its own as a responsible unit",
        "on another row",
        "on a row that it leads only through a collective",
    ],
)
def test_a_lead_chases_nothing_else(row, lead, which):
    duty = not_theirs(row, lead, which)

    assert duty not in reminders.chaseable(everything(), lead)
    with pytest.raises(PermissionDenied) as refusal:
        chase(row[2][0], duty, by=lead)
    assert str(refusal.value) == "牵头部门只能催办所牵头任务的责任单位。"
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("how", ["suspended", "released"])
def test_a_lead_that_leads_no_more_chases_no_more(row, lead, how):
    put_aside(row[1], how)

    assert list(reminders.chaseable(everything(), lead)) == []
    with pytest.raises(PermissionDenied):
        chase(*row[2], by=lead)


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_numbers_run_through_the_year_and_begin_anew_with_the_next(duties, today, clerk):
    before = [chase(*duties, by=clerk) for _ in range(2)]
    today.move_to(on_day(dt.date(2025, 1, 1), hour=0, minute=0))
    after = [chase(*duties, by=clerk) for _ in range(2)]

    assert [(sent.year, sent.number) for sent in before + after] == [(2024, 1), (2024, 2), (2025, 1), (2025, 2)]


def test_numbers_are_the_countys_not_the_plans(duties, clerk):
    other = AssignmentFactory(task=TaskFactory(section=SectionFactory(part__plan=PlanFactory(year=2023))))

    assert [chase(*duties, by=clerk).number, chase(other, by=clerk).number] == [1, 2]


def test_what_is_refused_takes_no_number(duties, clerk):
    chase(*duties, by=clerk)
    with pytest.raises(Refused):
        chase(*duties, by=clerk, text="")

    assert chase(*duties, by=clerk).number == 2


# --- the next grade ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grades", "offered"),
    [
        ([], Grade.BLUE),
        ([None], Grade.BLUE),
        (["blue"], Grade.YELLOW),
        (["blue", None, "yellow"], Grade.RED),
        (["red", "blue"], Grade.RED),
    ],
)
def test_one_above_the_gravest_that_was_not_answered_is_offered(clerk, grades, offered):
    assert reminders.grade_to_offer(grades, clerk) == offered


def test_a_lead_is_offered_no_more_than_it_may_send(lead):
    assert reminders.grades_of(lead) == [Grade.BLUE, Grade.YELLOW]
    assert reminders.grade_to_offer(["yellow"], lead) == Grade.YELLOW


def test_the_gravest_grade_and_the_numbers_are_the_offices(row, lead, clerk):
    _, _, towns = row
    with pytest.raises(Refused, match="督办由县政府办公室工作人员发出"):
        chase(*towns, by=lead, grade="red")

    by_lead = chase(*towns, by=lead, grade="yellow")
    by_office = chase(*towns, by=clerk, grade="red")

    assert (by_lead.number, f"{by_lead}") == (None, f"催办（{lead.unit.name} 2024-12-02）")
    assert (by_office.number, f"{by_office}") == (1, "督办〔2024〕1号")


def test_the_last_unanswered_reminder_of_each_duty_stands(duties, today, clerk):
    first, second = duties
    chase(first, second, by=clerk, grade="blue")
    later(today, days=7)
    chase(first, by=clerk, grade="yellow")

    assert reminders.latest_grades(everything()) == {first.pk: "yellow", second.pk: "blue"}


def test_a_report_answers_and_the_next_begins_mildly_again(duties, today, clerk):
    chase(*duties, by=clerk, grade="yellow")
    later(today, days=1)
    submit(duties[0])

    assert reminders.latest_grades([duties[0]]) == {}
    assert reminders.latest_grades(everything()) == {duties[1].pk: "yellow"}


# --- seen, and what followed ------------------------------------------------------------------------------------------


def test_the_unit_confirms_once_that_it_has_seen_it(duties, clerk):
    reminder = chase(*duties, by=clerk)
    liaison, colleague = UserFactory.create_batch(2, unit=duties[0].unit)

    numbers = [reminders.see(reminder, by=liaison), reminders.see(reminder, by=colleague)]

    seen = dict(reminder.items.values_list("assignment", "seen_by"))
    assert numbers == [1, 0]
    assert seen == {duties[0].pk: liaison.pk, duties[1].pk: None}


def test_the_leader_may_confirm_as_well(duties, clerk):
    reminder = chase(duties[0], by=clerk)

    assert reminders.see(reminder, by=UserFactory(unit=duties[0].unit, role=Role.LEADER)) == 1


def test_nobody_else_confirms(row, lead, clerk):
    reminder = chase(*row[2], by=clerk)

    for person in (clerk, lead, UserFactory(), UserFactory(role=Role.REVIEWER, unit=row[2][0].unit)):
        with pytest.raises(PermissionDenied):
            reminders.see(reminder, by=person)
    assert not reminder.items.filter(seen_at__isnull=False).exists()


def followed(reminder):
    return list(reminder.items.with_state().order_by("pk").values_list("reported_at", flat=True))


def test_the_first_report_after_it_is_what_followed(duties, today, clerk):
    submit(duties[0])  # before
    later(today, days=1)
    reminder = chase(*duties, by=clerk)
    assert followed(reminder) == [None, None]

    later(today, days=1)
    first = submit(duties[0])
    later(today, days=1)
    submit(duties[0])

    assert followed(reminder) == [first.submitted_at, None]
    assert [item.assignment for item in reminder.items.unanswered()] == [duties[1]]


def test_a_draft_or_a_report_taken_back_is_no_answer(duties, today, clerk):
    reminder = chase(*duties, by=clerk)
    later(today, days=1)
    reports.save_draft(duties[0], by=UserFactory(unit=duties[0].unit), version=0, text="尚未报送。")
    report = submit(duties[1])
    reports.withdraw(report, by=report.author)

    assert followed(reminder) == [None, None]
    assert reminder.items.unanswered().count() == 2


def test_a_returned_report_was_an_answer(duties, today, clerk):
    reminder = chase(duties[0], by=clerk)
    later(today, days=1)
    report = submit(duties[0])
    reviews.return_(report, by=clerk, comment="请补充。")

    assert followed(reminder) == [report.submitted_at]


# --- many at once -----------------------------------------------------------------------------------------------------


def test_the_office_chases_many_in_a_fixed_number_of_queries(row, clerk, django_assert_max_num_queries):
    duties = [AssignmentFactory(task=row[0], unit=UnitFactory()) for _ in range(40)]

    with django_assert_max_num_queries(14):
        chase(*duties, by=clerk)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Each through a real connection of its own."""

    def test_eight_who_chase_at_once_get_eight_numbers_without_gaps(self, duties):
        clerks = UserFactory.create_batch(8, role=Role.OFFICE)

        outcomes = at_once(*(lambda by=by: chase(*duties, by=by) for by in clerks))

        assert told(outcomes) == {"done": 8}
        assert sorted(sent.number for sent in outcomes) == list(range(1, 9))
        assert ReminderItem.objects.count() == 16

    def test_a_form_sent_eight_times_at_once_chases_once(self, duties, clerk):
        sent = {"by": clerk, "grade": "blue", "text": "请抓紧。", "key": uuid.uuid4()}

        outcomes = at_once(*[lambda: reminders.send(duties, **sent)] * 8)

        assert told(outcomes) == {"done": 8}
        assert (len({reminder.pk for reminder in outcomes}), Reminder.objects.count()) == (1, 1)

    def test_eight_who_chase_two_years_plans_at_once_share_the_numbers(self, duties):
        other = AssignmentFactory(task=TaskFactory(section=SectionFactory(part__plan=PlanFactory(year=2023))))
        clerks = UserFactory.create_batch(8, role=Role.OFFICE)

        outcomes = at_once(
            *(lambda by=by, n=n: chase(*(duties if n % 2 else [other]), by=by) for n, by in enumerate(clerks))
        )

        assert told(outcomes) == {"done": 8}
        assert sorted(sent.number for sent in outcomes) == list(range(1, 9))

    def test_of_a_claim_and_a_chase_at_once_the_chased_duty_was_still_in_hand_or_left_out(self, duties, clerk):
        claimed, sent = at_once(lambda: claim(duties[0]), lambda: chase(*duties, by=clerk))

        reached = {item.assignment_id for item in ReminderItem.objects.all()}
        assert not isinstance(claimed, Exception)
        assert not isinstance(sent, Exception)
        assert reached in ({duty.pk for duty in duties}, {duties[1].pk})
        assert Counter(item.seen_at is None for item in ReminderItem.objects.filter(assignment=duties[1])) == {True: 1}


# --- duties of several years ------------------------------------------------------------------------------------------


@pytest.fixture
def earlier(duties):
    """A duty of the year before, of the first town."""
    section = SectionFactory(part__plan=PlanFactory(year=2023, issued_on=dt.date(2023, 3, 1)))
    return AssignmentFactory(task=TaskFactory(section=section, due_on=dt.date(2023, 12, 31)), unit=duties[0].unit)


def sent_by_year(duties, clerk, key):
    return reminders.send_by_year(duties, by=clerk, grade=Grade.YELLOW, text="请抓紧。", key=key)


def test_duties_of_two_years_get_one_reminder_a_year_numbered_one_after_the_other(clerk, duties, earlier):
    key = uuid.uuid4()

    sent, again = (sent_by_year([duties[0], earlier, duties[1]], clerk, key) for _ in range(2))

    found = {one.plan: {item.assignment for item in one.items.all()} for one in sent}
    assert found == {earlier.plan: {earlier}, duties[0].plan: set(duties)}
    assert sorted(one.number for one in sent) == [1, 2]
    assert again == sent


def test_a_year_of_which_no_duty_is_left_is_passed_over(clerk, duties, earlier):
    complete(earlier)

    (sent,) = sent_by_year([*duties, earlier], clerk, uuid.uuid4())

    assert sent.plan == duties[0].plan


def test_where_no_year_has_a_duty_left_nothing_is_sent(clerk, duties, earlier):
    complete(earlier)
    Assignment.objects.filter(pk=duties[0].pk).update(suspended=True)

    with pytest.raises(Conflict):
        sent_by_year([duties[0], earlier], clerk, uuid.uuid4())
    assert not Reminder.objects.exists()
