"""Whom an event concerns is told once, with the page where it can be seen."""

import datetime as dt

import pytest

from departments.choices import Role
from tasks.models import Notification
from tasks.services.plans import amendments, issuing
from tasks.services.plans.drafting import seen_task
from tasks.services.supervision import notifications
from tests.factories import (
    DesignationFactory,
    NotificationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def units():
    return UnitFactory(name="县商务局"), UnitFactory(name="县财政局")


@pytest.fixture
def plan(units):
    """A draft: the commerce bureau leads two rows, the finance bureau answers for one."""
    plan = PlanFactory(state="draft", issued_on=None, title="2025年分解表", document_number="测〔2025〕1号")
    section = SectionFactory(part=PartFactory(plan=plan))
    for number in (1, 2):
        DesignationFactory(task=TaskFactory(section=section, number=number), role="lead", unit=units[0])
    DesignationFactory(task=plan.tasks.get(number=1), unit=units[1])
    return plan


def test_each_unit_is_told_what_it_owes_when_a_plan_is_issued(plan, units, clerk):
    liaison, leader = UserFactory(unit=units[0]), UserFactory(unit=units[0], role=Role.LEADER)
    other = UserFactory(unit=units[1])
    gone = UserFactory(unit=units[1], is_active=False)
    stranger = UserFactory()

    issuing.issue(plan, by=clerk, issued_on=dt.date(2025, 3, 1))

    told = {notice.user: notice.text for notice in Notification.objects.all()}
    assert told == {
        liaison: "《2025年分解表》（测〔2025〕1号）已印发，本单位承担2件承办事项，其中牵头2件。",
        leader: "《2025年分解表》（测〔2025〕1号）已印发，本单位承担2件承办事项，其中牵头2件。",
        other: "《2025年分解表》（测〔2025〕1号）已印发，本单位承担1件承办事项，其中牵头0件。",
    }
    assert gone not in told
    assert stranger not in told
    assert set(Notification.objects.values_list("path", flat=True)) == {f"/assignments/?plan={plan.pk}"}


def test_telling_costs_the_same_queries_for_any_number_of_units(plan, units, django_assert_num_queries):
    plan.state, plan.issued_on = "issued", dt.date(2025, 3, 1)
    plan.save()
    from tasks.services.plans.assignments import settle

    UserFactory(unit=units[0])
    settle(plan, on=plan.issued_on)
    with django_assert_num_queries(4):
        notifications.notify_of_issue(plan)
    for _ in range(10):
        DesignationFactory(task=plan.tasks.get(number=2), unit=UserFactory().unit)
    settle(plan, on=plan.issued_on)
    with django_assert_num_queries(4):
        notifications.notify_of_issue(plan)


def test_the_units_of_an_amended_row_are_told_what_changed(plan, units, clerk):
    issuing.issue(plan, by=clerk, issued_on=dt.date(2025, 3, 1))
    liaison = UserFactory(unit=units[1])
    task = plan.tasks.with_designations().get(number=1)

    amendments.amend(
        task,
        by=clerk,
        version=seen_task(task),
        reason="上级要求。",
        lead=["县商务局"],
        responsible=["县财政局"],
        requirement="新的要求。",
    )

    notice = Notification.objects.get(user=liaison)
    duty = task.assignments.get(unit=units[1])
    assert notice.text == "《2025年分解表》第1项任务有调整：具体要求由“做好政策发布。”改为“新的要求。”"
    assert notice.path == f"/assignments/{duty.pk}/"


def test_a_line_that_is_too_long_is_cut():
    person = UserFactory()

    notifications.notify([(person, "长" * 400, "/")])

    text = Notification.objects.get().text
    assert (len(text), text[-1]) == (300, "…")


def test_opening_twice_keeps_the_first_moment():
    notice = NotificationFactory()
    notifications.mark_read(notice)
    notice.refresh_from_db()
    first = notice.read_at

    notifications.mark_read(notice)

    notice.refresh_from_db()
    assert notice.read_at == first


def test_reading_all_is_of_ones_own_only():
    mine, others = NotificationFactory(), NotificationFactory()

    assert notifications.mark_all_read(mine.user) == 1

    others.refresh_from_db()
    assert others.read_at is None
