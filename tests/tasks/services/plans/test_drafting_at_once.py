"""Two people draw up one plan at the same moment, each through a real connection: no row is lost or has two places."""

import pytest

from departments.choices import Role
from tasks.services.plans import draft_rows, issuing
from tasks.services.plans.drafting import place_of, seen_task
from tests.factories import UserFactory
from tests.tasks.drafts import as_text, draw_up, row_of, section_of
from tests.tasks.services.progress.test_concurrency import ROUNDS, at_once, told
from wenshang_disclosure.core.web.errors import Conflict

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def test_rows_added_at_once_have_a_number_each(office):
    plan = draw_up(["甲"], ["乙"])
    section = section_of(plan, 1)

    def add(name):
        return lambda: draft_rows.add(plan, by=office, section=section, requirement=name, lead=[], responsible=[])

    outcomes = at_once(*[add(f"新{number}") for number in range(6)])

    assert told(outcomes) == {"done": 6}
    assert sorted(row.split(" ")[1] for row in as_text(plan)) == sorted(map(str, range(1, 9)))
    assert as_text(plan)[-1] == "2: 8 乙"


def test_of_two_moves_of_one_row_one_is_made(office):
    for _ in range(ROUNDS):
        plan = draw_up(["甲", "乙", "丙"])
        task = row_of(plan, "丙")
        seen = place_of(task)

        def move(task=task, place=seen):
            return draft_rows.move(task, by=office, place=place, direction="up")

        outcomes = at_once(move, move)

        assert told(outcomes) == {"done": 1, Conflict.__name__: 1}
        assert as_text(plan) == ["1: 1 甲", "1: 2 丙", "1: 3 乙"]


def test_a_row_is_not_changed_while_the_plan_is_issued(office):
    for _ in range(ROUNDS):
        plan = draw_up(["甲", "乙"])
        task = row_of(plan, "甲")
        version = seen_task(task)

        outcomes = at_once(
            lambda plan=plan: issuing.issue(plan, by=office),
            lambda task=task, version=version: draft_rows.delete(task, by=office, version=version),
        )

        assert told(outcomes) in ({"done": 2}, {"done": 1, Conflict.__name__: 1})
        assert plan.assignments.count() == plan.tasks.count()
