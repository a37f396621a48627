"""Before issue: what is missing, and what each unit would owe."""

import datetime as dt

import pytest

from departments.choices import Role
from tasks.models import Assignment
from tasks.services.plans import issuing
from tasks.services.plans import issuing as plans
from tests.factories import (
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
)
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    return SectionFactory(part=PartFactory(plan=PlanFactory(state="draft", issued_on=None)))


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


def row(section, number, *, lead=None, responsible=None, **about):
    task = TaskFactory(section=section, number=number, **about)
    if lead:
        DesignationFactory(task=task, role="lead", unit=lead)
    if responsible:
        DesignationFactory(task=task, role="responsible", collective=responsible)
    return task


def test_a_row_needs_a_holder_and_a_deadline_or_to_be_ongoing(section, clerk):
    unit = UnitFactory()
    row(section, 1, lead=unit)
    row(section, 2)
    row(section, 3, lead=unit, due_on=None)
    row(section, 4, lead=unit, due_on=None, recurrence="ongoing")

    assert plans.faults(section.part.plan) == [
        "以下任务没有填写任何单位：2。",
        "以下任务没有填写完成时限，也没有写明长期坚持：3。",
    ]
    with pytest.raises(Refused, match="没有填写任何单位：2"):
        plans.issue(section.part.plan, by=clerk, issued_on=dt.date(2024, 6, 24))


def test_what_each_unit_would_owe_is_what_it_owes_after_issue(section, clerk):
    lead, other = UnitFactory(kind="department"), UnitFactory(kind="town")
    towns = CollectiveFactory(name="各乡镇", kinds=["town"])
    row(section, 1, lead=lead, responsible=towns)
    row(section, 2, lead=other, responsible=towns)
    plan = section.part.plan

    foreseen = issuing.prospect(plan, dt.date(2024, 6, 24))
    plans.issue(plan, by=clerk, issued_on=dt.date(2024, 6, 24), document_number="测〔2024〕2号")

    assert {(share.unit.pk, tuple(share.lead), tuple(share.responsible)) for share in foreseen.shares} == {
        (lead.pk, (1,), ()),
        (other.pk, (2,), (1,)),
    }
    assert foreseen.duties == Assignment.objects.count() == 3
    plan.refresh_from_db()
    assert (plan.state, plan.document_number, plan.issued_on) == ("issued", "测〔2024〕2号", dt.date(2024, 6, 24))


def test_retired_units_past_deadlines_and_open_names_are_pointed_out(section):
    gone = UnitFactory(retired_on=dt.date(2024, 1, 1))
    nobody = CollectiveFactory(name="有关部门", kinds=[])
    row(section, 1, lead=gone)
    row(section, 2, lead=UnitFactory(), responsible=nobody)
    row(section, 3, lead=UnitFactory(), due_on=dt.date(2024, 3, 1))

    foreseen = issuing.prospect(section.part.plan, dt.date(2024, 6, 24))

    assert foreseen.unresolved == [2]
    assert foreseen.hints == [("写有已撤销的单位", [1]), ("完成时限早于印发日期", [3])]


def test_a_recurring_row_is_due_when_it_last_comes_back_in_the_year(section, clerk):
    row(section, 1, lead=UnitFactory(), due_on=None, recurrence="monthly", recurrence_day=5)
    row(section, 2, lead=UnitFactory(), due_on=None, recurrence="quarterly")
    row(section, 3, lead=UnitFactory(), due_on=None, recurrence="ongoing")

    plans.issue(section.part.plan, by=clerk, issued_on=dt.date(2024, 6, 24))

    assert list(Assignment.objects.order_by("task__number").values_list("due_on", flat=True)) == [
        dt.date(2024, 12, 5),
        dt.date(2024, 12, 31),
        None,
    ]


def test_issuing_costs_the_same_queries_for_any_number_of_rows(section, clerk, django_assert_num_queries):
    unit = UnitFactory()
    row(section, 1, lead=unit)
    plan = section.part.plan
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as few:
        issuing.prospect(plan, dt.date(2024, 6, 24))
    for number in range(2, 12):
        row(section, number, lead=UnitFactory())
    with django_assert_num_queries(len(few)):
        issuing.prospect(plan, dt.date(2024, 6, 24))
