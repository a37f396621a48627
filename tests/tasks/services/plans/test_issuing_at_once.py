"""Two people at the same plan at the same moment: one does it, the other is told."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from departments.choices import Role
from tasks.models import Assignment, Notification, Plan
from tasks.services.plans import imports, issuing, roll_over
from tests.factories import (
    HEADINGS,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    PlanImportFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    source_of,
)
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
MANY = 6


def at_once(act):
    """Call `act` in many connections at the same moment; return what each came to."""
    together = Barrier(MANY)

    def one(_):
        together.wait()
        try:
            return act()
        except (Conflict, Refused) as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE)


@pytest.fixture
def draft():
    plan = PlanFactory(state="draft", issued_on=None)
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=plan)), number=1)
    DesignationFactory(task=task, role="lead", unit=UserFactory().unit)
    return plan


def test_one_import_makes_one_plan(clerk):
    UnitFactory(name="县司法局")
    row = ["公开", "县司法局", "", "公开文件。", "12月底前"]
    waiting = PlanImportFactory(source=source_of(HEADINGS, row).as_data())

    plans_made = at_once(lambda: imports.take(waiting, by=clerk, version=0))

    assert {plan.pk for plan in plans_made} == {Plan.objects.get().pk}


def test_a_plan_is_issued_once(clerk, draft):
    came_of_it = at_once(lambda: issuing.issue(draft, by=clerk, issued_on=dt.date(2024, 6, 24)))

    assert came_of_it.count(Conflict) == MANY - 1
    assert Assignment.objects.count() == 1
    assert Notification.objects.count() == 1


def test_a_plan_is_rolled_over_once(clerk, draft):
    def roll():
        return roll_over.roll_over(draft, by=clerk, year=2025, title="2025年表", kinds=["table"])

    assert at_once(roll).count(Refused) == MANY - 1
    assert Plan.objects.filter(year=2025).count() == 1


def test_answers_given_at_once_are_all_kept(clerk):
    rows = [["公开", f"县{n}局", "", "公开文件。", "12月底前"] for n in range(MANY)]
    waiting = PlanImportFactory(source=source_of(HEADINGS, *rows).as_data())
    numbers = iter(range(MANY))

    at_once(
        lambda: imports.answer(waiting, by=clerk, version=None, names={f"县{next(numbers)}局": "new-unit:department"})
    )

    waiting.refresh_from_db()
    assert len(waiting.answers["names"]) == MANY
