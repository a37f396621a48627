"""Next year's draft: deadlines moved, holders kept, what is gone flagged."""

import datetime as dt
import json

import pytest
from django.core.management import call_command

from departments.choices import Role
from tasks.models import Designation, Plan
from tasks.services.plans import issuing, roll_over
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
BOTH = ["table", "notice"]


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def section():
    return SectionFactory(part=PartFactory(plan=PlanFactory(title="2024年分解表")))


def roll(plan, clerk, **options):
    return roll_over.roll_over(
        plan, **{"by": clerk, "year": plan.year + 1, "title": "2025年分解表", "kinds": BOTH, **options}
    )


@pytest.mark.parametrize(
    ("day", "later"),
    [
        ((2024, 12, 31), (2025, 12, 31)),
        ((2024, 2, 29), (2025, 2, 28)),
        ((2023, 2, 28), (2024, 2, 29)),
        ((2024, 6, 30), (2025, 6, 30)),
        ((2025, 1, 31), (2026, 1, 31)),
        ((2024, 7, 10), (2025, 7, 10)),
    ],
)
def test_a_day_moves_and_the_end_of_a_month_stays_its_end(day, later):
    years = later[0] - day[0]

    assert roll_over.moved(dt.date(*day), years) == dt.date(*later)


def test_the_2024_table_is_ready_for_2025(clerk):
    call_command("load_units", verbosity=0)
    with open("fixtures/plan-2024.json") as file:
        plan = issuing.build(json.load(file))

    copy = roll(plan, clerk)

    old, new = (list(each.tasks.with_designations().order_by("number")) for each in (plan, copy))
    assert (copy.state, copy.year, copy.copied_from) == ("draft", 2025, plan)
    assert (copy.document_number, copy.issued_on, copy.issuer) == ("", None, "汶上县人民政府办公室")
    assert [task.requirement for task in new] == [task.requirement for task in old]
    assert [task.due_on for task in new] == [
        task.due_on and task.due_on.replace(year=task.due_on.year + 1) for task in old
    ]
    texts = [[(d.role, d.text, d.from_cell_above) for d in task.designations.all()] for task in (*old, *new)]
    assert texts[:59] == texts[59:]


def test_years_in_the_deadlines_words_move_and_those_in_requirements_are_flagged(section, clerk):
    TaskFactory(
        section=section, number=1, deadline_as_written="2024年底前", requirement="落实2024年要点和2023年整改要求。"
    )

    copy = roll(section.part.plan, clerk)

    task = copy.tasks.get()
    assert (task.deadline_as_written, task.requirement) == ("2025年底前", "落实2024年要点和2023年整改要求。")
    assert roll_over.flags(copy).old_years == [(task, ["2023", "2024"])]


def test_rows_of_units_that_are_gone_are_flagged_with_their_successor(section, clerk):
    heir = UnitFactory(name="县新局")
    gone = UnitFactory(name="县旧局", retired_on=dt.date(2024, 8, 1), successor=heir)
    DesignationFactory(task=TaskFactory(section=section, number=1), role="lead", unit=gone)

    copy = roll(section.part.plan, clerk)

    found = roll_over.flags(copy)
    assert [(task.number, unit, unit.successor) for task, unit in found.retired] == [(1, gone, heir)]


def test_picked_units_go_along_but_for_those_that_are_gone(section, clerk):
    entry = DesignationFactory(task=TaskFactory(section=section, number=1), collective=CollectiveFactory(kinds=[]))
    stays, gone = UnitFactory(), UnitFactory(retired_on=dt.date(2024, 8, 1))
    entry.picked_units.add(stays, gone)

    copy = roll(section.part.plan, clerk)

    assert list(Designation.objects.get(task__plan=copy).picked_units.all()) == [stays]


def test_the_notice_can_stay_behind_and_rows_are_numbered_anew(section, clerk):
    notice = SectionFactory(part=PartFactory(plan=section.part.plan, order=1, kind="notice"))
    section.part.order = 2
    section.part.save()
    TaskFactory(section=notice, number=1, requirement="通知要求。")
    TaskFactory(section=section, number=2, requirement="表中任务。")

    copy = roll(section.part.plan, clerk, kinds=["table"])

    assert list(copy.tasks.values_list("number", "requirement")) == [(1, "表中任务。")]


def test_a_second_copy_needs_a_second_word(section, clerk):
    TaskFactory(section=section, number=1)
    roll(section.part.plan, clerk)

    with pytest.raises(Refused, match="已经从本表复制过2025年的拟制稿"):
        roll(section.part.plan, clerk)
    roll(section.part.plan, clerk, again=True)

    assert Plan.objects.filter(copied_from=section.part.plan).count() == 2


def test_nothing_to_copy_is_refused(section, clerk):
    with pytest.raises(Refused, match="没有任务"):
        roll(section.part.plan, clerk)


def test_what_moves_is_told_before(section):
    for number in (1, 2):
        TaskFactory(section=section, number=number)
    TaskFactory(section=section, number=3, due_on=None, recurrence="ongoing", deadline_as_written="长期坚持")

    found = [(move.before, move.after, move.rows) for move in roll_over.moves(section.part.plan, 2025)]

    assert found == [("12月底前（2024-12-31）", "12月底前（2025-12-31）", [1, 2])]


def test_copying_costs_the_same_queries_for_any_number_of_rows(section, clerk, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    DesignationFactory(task=TaskFactory(section=section, number=1), unit=UnitFactory())
    with CaptureQueriesContext(connection) as few:
        roll(section.part.plan, clerk)
    for number in range(2, 40):
        DesignationFactory(task=TaskFactory(section=section, number=number), unit=UnitFactory())
    with django_assert_num_queries(len(few)):
        roll(section.part.plan, clerk, year=2026)
