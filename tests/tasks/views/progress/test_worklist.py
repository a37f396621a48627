"""The worklist of a unit: what it has to do now, in tabs whose counts are those of the menu."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tasks.choices import ReportState
from tasks.models import Assignment, Plan
from tasks.services.progress import leader_approval, reports, reviews
from tests.factories import (
    AssignmentFactory,
    PlanFactory,
    RoundFactory,
    RoundItemFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    asks_its_leader,
    chase,
    claim,
    complete,
    submit,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

WORKLIST = reverse("tasks:worklist")


@pytest.fixture
def town():
    return UnitFactory(name="南旺镇人民政府")


@pytest.fixture
def liaison(client, town):
    person = UserFactory(unit=town)
    client.force_login(person)
    return person


@pytest.fixture
def plan(town):
    """A plan of six rows of the town, with a round that asks for all of them."""
    today = timezone.localdate()
    plan = PlanFactory(issued_on=today - dt.timedelta(days=200))
    task = TaskFactory(section__part__plan=plan, due_on=today + dt.timedelta(days=90))
    tasks = [task, *(TaskFactory(section=task.section, due_on=today + dt.timedelta(days=90)) for _ in range(5))]
    since = today - dt.timedelta(days=100)
    duties = [AssignmentFactory(task=one, unit=town, owed_from=since) for one in tasks]
    AssignmentFactory(task=task, unit=UnitFactory(), owed_from=since)
    one = RoundFactory(plan=plan, opens_on=today - dt.timedelta(days=3), closes_on=today + dt.timedelta(days=5))
    for duty in duties:
        RoundItemFactory(round=one, assignment=duty)
    return plan


def shown(client, **query):
    response = client.get(WORKLIST, query)
    assert response.status_code == 200
    return response.context


def numbers(context):
    return {tab.label: number for tab, number in context["tabs"] if number}


def listed(context):
    return [(group.label, [duty.task.number for duty in group.duties]) for group in context["groups"]]


def test_everything_that_waits_stands_under_its_tab(client, liaison, town, plan):
    first, second, third, fourth, fifth, sixth = Assignment.objects.filter(unit=town).order_by("task__number")
    reviews.return_(submit(first, by=liaison), by=UserFactory(role="office"), comment="请补充。")
    reports.save_draft(second, by=liaison, version=0, text="写了一半。")
    submit(third, by=liaison)
    complete(fourth)
    Assignment.objects.filter(pk=fifth.pk).update(due_on=timezone.localdate() - dt.timedelta(days=2))

    context = shown(client)

    assert numbers(context) == {
        "本期未报": 4,
        "退回": 1,
        "逾期": 1,
        "草稿": 1,
        "待签收": 3,
        "本期已报": 2,
        "办结": 1,
        "全部": 6,
    }
    number = {duty: duty.task.number for duty in (first, second, fifth, sixth)}
    assert listed(context) == [
        ("先办", [number[first], number[fifth]]),
        ("已动笔", [number[second]]),
        ("未填", [number[sixth]]),
    ]
    assert context["reports_due"]() == 4


def test_each_tab_lists_as_many_as_it_says(client, liaison, town, plan):
    duties = list(Assignment.objects.filter(unit=town).order_by("task__number"))
    claim(duties[0], by=liaison)
    reports.save_draft(duties[1], by=liaison, version=0, text="写了一半。")

    for tab, number in shown(client)["tabs"]:
        context = shown(client, show=tab.value)
        assert sum(len(group.duties) for group in context["groups"]) == number


def test_the_round_says_how_far_the_unit_is(client, liaison, town, plan):
    duties = list(Assignment.objects.filter(unit=town).order_by("task__number"))
    submit(duties[0], by=liaison)
    reports.save_draft(duties[1], by=liaison, version=0, text="写了一半。")

    [progress] = shown(client)["rounds"]

    assert (progress.asked, progress.reported, progress.missing, progress.days_left) == (6, 1, 5, 5)
    assert [(bar.label, bar.number) for bar in progress.bars] == [("已报送", 1), ("草稿", 1), ("未填", 4)]
    assert progress.bars[-1].end == 100


def test_what_the_leader_sent_back_is_returned_with_their_words(client, liaison, town, plan):
    leader = asks_its_leader(town)
    duty = Assignment.objects.filter(unit=town).first()
    leader_approval.send_back(submit(duty, by=liaison), by=leader, comment="请写明数量。")

    context = shown(client)

    assert numbers(context)["退回"] == 1
    assert "分管领导退回：请写明数量。" in page_of(client.get(WORKLIST))


def test_what_awaits_the_leader_is_only_looked_at(client, liaison, town, plan):
    asks_its_leader(town)
    duty = Assignment.objects.filter(unit=town).first()
    assert submit(duty, by=liaison).state == ReportState.AWAITING_LEADER

    page = page_of(client.get(WORKLIST, {"show": "leader"}))

    assert reverse("tasks:report", args=[duty.pk]) not in page
    assert reverse("tasks:assignment", args=[duty.pk]) in page


def test_reminders_and_acknowledgements_stand_in_one_line(client, liaison, town, plan):
    duties = list(Assignment.objects.filter(unit=town).order_by("task__number"))
    chase(*duties[:2], by=UserFactory(role="office"), grade="yellow", text="请于本周五前报送。")

    page = page_of(client.get(WORKLIST))

    assert "<b>2件未阅知</b>" in page
    assert "<b>6件待签收</b>" in page


def test_duties_of_other_units_are_left_out_also_for_a_lead(client, town, plan):
    lead = UnitFactory()
    task = plan.tasks.first()
    own = AssignmentFactory(task=task, unit=lead, role="lead", coordinates=True)
    client.force_login(UserFactory(unit=lead))

    assert [duty for group in shown(client, show="all")["groups"] for duty in group.duties] == [own]


def test_a_leader_reads_it_without_steps(client, town, plan):
    client.force_login(UserFactory(role="leader", unit=town))

    page = page_of(client.get(WORKLIST))

    assert reverse("tasks:batch-report") not in page
    assert reverse("tasks:report", args=[Assignment.objects.filter(unit=town).first().pk]) not in page


def test_who_only_reads_has_no_worklist(client):
    client.force_login(UserFactory(role="auditor"))

    assert client.get(WORKLIST).status_code == 403


def test_it_is_always_of_today(client, liaison, plan):
    response = client.get(WORKLIST, {"as_of": "2024-12-01"})

    assert response.status_code == 200
    assert "本页为今天的情况" in page_of(response)


def test_work_of_two_years_is_in_one_list_and_says_its_year(client, liaison, town, plan):
    other = PlanFactory(year=2025, title="2025年测试分解表", issued_on=timezone.localdate())
    AssignmentFactory(task=TaskFactory(section__part__plan=other), unit=town)

    context = shown(client, show="all")

    assert {duty.plan.year for group in context["groups"] for duty in group.duties} == {plan.year, 2025}
    assert context["several_years"]
    assert {duty.plan for group in shown(client, show="all", plan=other.pk)["groups"] for duty in group.duties} == {
        other
    }


def test_without_duties_it_says_that_nothing_is_to_be_done(client, plan):
    client.force_login(UserFactory(unit=UnitFactory()))

    page = page_of(client.get(WORKLIST))

    assert "现在没有进行中的报送批次" in page
    assert Plan.objects.issued().exists()


def test_the_number_of_queries_does_not_grow(client, liaison, town, plan, django_assert_max_num_queries):
    client.get(WORKLIST)
    with django_assert_max_num_queries(40) as before:
        client.get(WORKLIST)
    for _ in range(5):
        duty = AssignmentFactory(task=TaskFactory(section=plan.tasks.first().section), unit=town)
        RoundItemFactory(round=plan.rounds.get(), assignment=duty)
        submit(duty, by=liaison)
    with django_assert_max_num_queries(len(before)):
        client.get(WORKLIST)
