"""The worklist of the office: what waits, with the numbers of the menu, each a click from being done."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role, UnitKind
from tasks.choices import ExtensionState
from tasks.services.progress import reviews
from tests.factories import (
    AssignmentFactory,
    CollectiveFactory,
    DesignationFactory,
    ExtensionFactory,
    PlanFactory,
    QuestionFactory,
    RoundFactory,
    RoundItemFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    chase,
    claim,
    submit,
)
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

WORKLIST = reverse("tasks:worklist")

LONG_AGO = 30
"""Days after which a reminder of any grade is past its day to answer by, whatever holidays lie between."""


@pytest.fixture
def office(client):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


@pytest.fixture
def plan():
    return PlanFactory(issued_on=timezone.localdate() - dt.timedelta(days=200))


@pytest.fixture
def duty(plan):
    """Return a function that makes a duty of that plan, due in so many days."""

    def make(days=90, **kwargs):
        task = TaskFactory(section__part__plan=plan, due_on=timezone.localdate() + dt.timedelta(days=days))
        return AssignmentFactory(task=task, owed_from=plan.issued_on, **kwargs)

    return make


def shown(client, **query):
    response = client.get(WORKLIST, query)
    assert response.status_code == 200
    return response.context


def days_ago(days):
    return time_machine.travel(timezone.now() - dt.timedelta(days=days), tick=False)


def test_it_is_the_home_of_who_reviews(client, office):
    assert client.get(reverse("home")).url == WORKLIST


def test_an_auditor_keeps_the_overview_as_home(client):
    client.force_login(UserFactory(role=Role.AUDITOR))

    assert client.get(reverse("home")).url == reverse("reports:dashboard")


def test_each_group_has_the_number_of_the_menu(client, office, duty):
    with days_ago(2):
        oldest = claim(duty())
    submit(duty())
    ExtensionFactory(assignment=duty(), state=ExtensionState.REQUESTED)
    with days_ago(LONG_AGO):
        chase(duty(), duty(), by=office)
    QuestionFactory(task=duty().task)

    context = shown(client)

    assert [report.pk for report in context["reviews"].rows][0] == oldest.pk
    assert context["reviews"].facts == {"number": 2, "claims": 1, "plain": 1, "longest": "2天", "first": oldest.pk}
    assert (context["reviews"].number, context["requests"].number) == (
        context["waiting_reports"](),
        context["waiting_requests"](),
    )
    assert context["reminders"].number == context["unanswered_reminders"]() == 2
    assert context["questions"].number == context["waiting_questions"]() == 1
    assert context["waiting"] == 2 + 1 + 2 + 1


def test_a_chosen_year_cuts_each_group_and_without_one_each_row_says_its_year(client, office, plan, duty):
    later = PlanFactory(year=plan.year + 1, issued_on=timezone.localdate() - dt.timedelta(days=100))
    task = TaskFactory(section__part__plan=later, due_on=timezone.localdate() + dt.timedelta(days=90))
    for one in (duty(), AssignmentFactory(task=task, owed_from=later.issued_on)):
        claim(one)
        ExtensionFactory(assignment=one, state=ExtensionState.REQUESTED)
        QuestionFactory(task=one.task)
        with days_ago(LONG_AGO):
            chase(AssignmentFactory(task=one.task, owed_from=one.owed_from), by=office)
        RoundItemFactory(assignment=one, round__title="季度进展")

    groups = ("reviews", "requests", "reminders", "questions")
    everything, of_later = shown(client), shown(client, plan=later.pk, as_of="2024-09-30")
    page, cut = page_of(client.get(WORKLIST)), page_of(client.get(WORKLIST, {"plan": later.pk}))

    assert [everything[name].number for name in groups] == [2, 2, 2, 2]
    assert [of_later[name].number for name in groups] == [1, 1, 1, 1]
    assert of_later["progress"].round.plan == later
    assert of_later["waiting_reports"]() == 2
    assert all(f"{year}年季度进展" in page and f"<small>{year}</small>" in page for year in (plan.year, later.year))
    assert f"{later.year}年度有<b>4</b>件等您办" in cut
    assert "菜单上的数字是全部年度的" in cut
    assert f'href="{reverse("tasks:reviews")}?plan={later.pk}&amp;review_stage=office"' in cut


def test_an_extension_is_granted_in_its_row_and_leads_back(client, office, duty):
    request = ExtensionFactory(assignment=duty(), state=ExtensionState.REQUESTED)

    page = page_of(client.get(WORKLIST))
    response = client.post(
        reverse("tasks:decide-extension", args=[request.pk]),
        {"decision": "grant", "grant-due_on": request.requested_due_on.isoformat(), "from": WORKLIST},
    )

    request.refresh_from_db()
    assert f'name="grant-due_on" value="{request.requested_due_on:%Y-%m-%d}"' in page
    assert (request.state, request.granted_due_on) == (ExtensionState.GRANTED, request.requested_due_on)
    assert response.url == WORKLIST
    told = page_of(client.get(WORKLIST))
    assert f"<b>{request.assignment.unit.label}第{request.assignment.task.number}项</b>" in told
    assert reverse("tasks:undo-decision", args=[request.pk]) in told


def test_an_own_request_is_left_to_others(client, office, duty):
    ExtensionFactory(assignment=duty(), state=ExtensionState.REQUESTED, requested_by=office)

    page = page_of(client.get(WORKLIST))

    assert "须由他人决定" in page
    assert "grant-due_on" not in page


def test_a_reminder_waits_from_the_day_after_its_day_to_answer_by(client, office, duty):
    answer_by = chase(duty(), by=office).answer_by

    waiting = {}
    for day in (answer_by, answer_by + dt.timedelta(days=1)):
        with time_machine.travel(on_day(day), tick=False):
            client.force_login(office)
            waiting[day] = shown(client)["reminders"].number

    assert list(waiting.values()) == [0, 1]


def test_a_reminder_waits_until_there_is_an_answer_or_it_is_repeated(client, office, duty):
    answered, again, waiting = duty(), duty(), duty()
    with days_ago(LONG_AGO):
        chase(answered, again, waiting, by=office)
    with days_ago(4):
        submit(answered)
    chase(again, by=office)

    group = shown(client)["reminders"]

    assert [item.assignment for row in group.rows for item in row.items] == [waiting]


def test_a_units_items_of_one_reminder_are_one_row_with_the_next_grade(client, office, duty):
    unit = UnitFactory()
    with days_ago(LONG_AGO):
        chase(duty(unit=unit), duty(unit=unit), duty(), by=office, grade="yellow")

    group = shown(client)["reminders"]

    assert [(row.unit == unit, len(row.items), row.next_step) for row in group.rows] == [
        (True, 2, "升为督办"),
        (False, 1, "升为督办"),
    ]
    assert "升为督办…" in page_of(client.get(WORKLIST))


def test_a_reviewer_is_not_offered_a_grade_that_they_may_not_send(client, duty):
    client.force_login(UserFactory(role=Role.REVIEWER))
    with days_ago(LONG_AGO):
        chase(duty(), by=UserFactory(role=Role.OFFICE), grade="yellow")

    page = page_of(client.get(WORKLIST))

    assert "升为督办" not in page
    assert "再次催办…" in page


def test_what_became_overdue_lately_is_told_apart_from_what_was(client, office, duty):
    new, old = duty(-2), duty(-30)

    group = shown(client)["newly_overdue"]

    assert (group.rows, group.number, group.facts["all"], group.facts["units"]) == ([new], 1, 2, 2)
    assert old not in group.rows


def test_rows_that_name_nobody_lead_to_where_they_are_settled(client, office, plan, duty):
    entry = DesignationFactory(task=duty().task, unit=None, collective=CollectiveFactory(kinds=[]))

    context = shown(client)

    assert context["unresolved"].rows == [entry]
    assert reverse("tasks:resolve", args=[plan.pk]) in page_of(client.get(WORKLIST))


def test_who_has_reported_least_stands_first_and_what_is_missing_can_be_chased(client, office, plan, duty):
    today = timezone.localdate()
    one = RoundFactory(plan=plan, opens_on=today - dt.timedelta(days=3), closes_on=today + dt.timedelta(days=5))
    towns = [UnitFactory(kind=UnitKind.TOWN) for _ in range(2)]
    department = UnitFactory(kind=UnitKind.DEPARTMENT)
    duties = [duty(unit=unit) for unit in (towns[0], towns[0], towns[1], department)]
    for each in duties:
        RoundItemFactory(round=one, assignment=each)
    submit(duties[0])
    submit(duties[3])

    progress = shown(client)["progress"]

    assert (progress.round, progress.asked, progress.reported, progress.silent, progress.days_left) == (one, 4, 2, 1, 5)
    assert [(name, [(each.unit, each.reported, each.asked) for each in units]) for name, units in progress.groups] == [
        ("乡镇（街道）", [(towns[1], 0, 1), (towns[0], 1, 2)]),
        ("部门、单位", [(department, 1, 1)]),
    ]
    assert set(progress.missing) == {duties[1].pk, duties[2].pk}


def test_without_a_round_the_rhythm_of_the_plan_counts(client, office, duty):
    silent, reported = duty(), duty()
    submit(reported)

    progress = shown(client)["progress"]

    assert (progress.round, progress.asked, progress.reported, progress.missing) == (None, 2, 1, [silent.pk])


def test_an_empty_worklist_says_so(client, office, plan):
    page = page_of(client.get(WORKLIST))

    assert "现在没有等您办的事" in page
    assert "都办完了" in page


def test_what_was_decided_leaves_the_worklist(client, office, duty):
    report = submit(duty())

    reviews.approve(report, by=office)

    assert shown(client)["reviews"].number == 0
