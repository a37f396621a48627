"""What is late, by unit and by task, longest first."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, TaskFactory, claim
from tests.pages import page_of, rows
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


def late(client, query=""):
    return client.get(f"{reverse('tasks:overdue')}?{query}")


@pytest.mark.parametrize(("as_of", "number"), [("2024-12-31", 0), ("2025-01-01", 3)])
def test_a_duty_is_late_from_the_day_after_its_deadline(office, county, as_of, number):
    response = late(office, f"as_of={as_of}")

    assert len(rows(response)) == number
    assert ("没有逾期的承办事项。" in page_of(response)) == (number == 0)


def test_the_longest_late_comes_first_with_its_days(office, county):
    older = AssignmentFactory(task=TaskFactory(section=county.task.section, due_on="2024-07-31"), unit=county.town)

    response = late(office, "as_of=2025-01-10")

    assert rows(response)[0] == older
    assert [duty.days_overdue for duty in rows(response)] == [163, 10, 10, 10]
    assert "163天" in page_of(response)


def test_each_role_sees_what_is_late_among_its_own(client, county):
    seen = {}
    for role in ("office", "auditor", "liaison", "lead", "stranger"):
        client.force_login(county.people[role])
        response = late(client)
        assert {row["unit"] for row in response.context["by_unit"]} == {duty.unit_id for duty in rows(response)}
        seen[role] = set(rows(response))

    assert seen == {
        "office": {county.duty, county.lead_duty, county.other_duty},
        "auditor": {county.duty, county.lead_duty, county.other_duty},
        "liaison": {county.duty},
        "lead": {county.duty, county.lead_duty},
        "stranger": {county.other_duty},
    }


def test_the_sums_follow_the_filter(office, county):
    response = late(office, f"unit={county.town.pk}")

    assert [(row["unit"], row["overdue"]) for row in response.context["by_unit"]] == [(county.town.pk, 1)]
    assert [(row["task"], row["overdue"]) for row in response.context["by_task"]] == [(county.task.pk, 1)]


def test_a_claim_submitted_late_is_still_late_and_marked_as_waiting(office, county):
    claim(county.other_duty, by=county.people["stranger"])

    response = late(office)

    assert county.other_duty in rows(response)
    assert '<span class="light-mark">待审核</span>' in page_of(response)


def test_a_past_day_shows_that_evening(office, county):
    duty = AssignmentFactory(task=TaskFactory(section=county.task.section, due_on="2024-09-15"), unit=county.other_unit)
    with time_machine.travel(on_day(dt.date(2024, 10, 5)), tick=False):
        report = claim(duty, by=county.people["stranger"])
    with time_machine.travel(on_day(dt.date(2024, 10, 8)), tick=False):
        reviews.approve(report, by=county.people["reviewer"])

    seen = {day: duty in rows(late(office, f"as_of={day}")) for day in ("2024-09-15", "2024-09-30", "2024-10-08")}

    assert seen == {"2024-09-15": False, "2024-09-30": True, "2024-10-08": False}


def test_sorting_by_the_days_left_goes_both_ways(office, county):
    AssignmentFactory(task=TaskFactory(section=county.task.section, due_on="2024-07-31"), unit=county.town)

    up = [duty.days_overdue for duty in rows(late(office, "columns=unit,days_left&sort=days_left&as_of=2025-01-10"))]
    down = [duty.days_overdue for duty in rows(late(office, "columns=unit,days_left&sort=-days_left&as_of=2025-01-10"))]

    assert (up, down) == ([163, 10, 10, 10], [10, 10, 10, 163])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("as_of=garbage", 400),
        ("as_of=2999-01-01", 400),
        ("due_to=garbage", 400),
        ("unit=999999", 400),
        ("q=" + "长" * 101, 400),
        ("plan=abc", 404),
        ("plan=999999", 404),
    ],
)
def test_nonsense_shows_neither_rows_nor_sums(office, county, query, status):
    response = late(office, query)

    assert response.status_code == status
    if status == 400:
        assert rows(response) == []
        assert list(response.context["by_unit"]) == list(response.context["by_task"]) == []


def test_a_page_that_is_not_there_is_told_in_a_sentence(office, county):
    response = late(office, "page=99999")

    assert response.status_code == 404
    assert "没有第 99999 页" in page_of(response)


def test_htmx_gets_sums_and_list_alone(office, county):
    response = office.get(reverse("tasks:overdue"), headers={"HX-Request": "true"})

    assert "<html" not in page_of(response)
    assert [heading in page_of(response) for heading in ("按单位", "按任务")] == [True] * 2
    assert set(rows(response)) == {county.duty, county.lead_duty, county.other_duty}
