"""Lists: filters, days and pages that are nonsense are said to be, and no rows are guessed."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, TaskFactory, claim, submit
from tests.pages import rows
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db

LISTS = ["tasks:assignments", "tasks:overdue", "tasks:tasks", "reports:units"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("due_from=garbage", "请按“2024-12-31”的格式填写日期。"),
        ("light=purple", "没有这个选项，请重新选择。"),
        ("unit=999999", "没有这个选项，请重新选择。"),
        ("part=abc", "没有这个选项，请重新选择。"),
        ("q=" + "长" * 101, "100"),
        ("as_of=garbage", "请按“2024-09-30”的格式填写截至日期。"),
        ("as_of=2999-01-01", "截至日期不能晚于今天。"),
    ],
)
def test_a_wrong_filter_is_marked_and_no_rows_are_guessed(office, query, sentence):
    response = office.get(f"{reverse('tasks:assignments')}?{query}")

    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert rows(response) == []


@pytest.mark.parametrize("page", ["99999", "0", "-1", "x", "9" * 30])
def test_a_page_that_is_not_there_is_said_to_be_missing(office, page):
    response = office.get(reverse("tasks:assignments"), {"page": page})

    assert response.status_code == 404
    assert f"没有第 {page} 页" in response.content.decode()


@pytest.mark.parametrize("plan", ["abc", "999999"])
@pytest.mark.parametrize("name", LISTS)
def test_an_unknown_plan_answers_404(office, name, plan):
    assert office.get(reverse(name), {"plan": plan}).status_code == 404


@pytest.mark.parametrize(("asked", "size"), [("", 50), ("200", 200), ("1000", 50), ("x", 50)])
def test_pages_have_50_rows_and_never_more_than_200(office, county, asked, size):
    for _ in range(210):
        AssignmentFactory(task=county.task)

    response = office.get(reverse("tasks:assignments"), {"per_page": asked})

    assert len(response.context["table"].page) == size


def test_other_page_sizes_are_offered(office):
    page = office.get(reverse("tasks:assignments")).content.decode()

    assert "per_page=200" in page
    assert "<strong>50</strong>" in page


def test_a_rows_past_evening_has_no_report_of_later(office, county):
    address = reverse("tasks:task", args=[county.task.pk])

    then, now = (office.get(address, query).content.decode() for query in ({"as_of": "2024-09-30"}, {}))

    assert ("已发布政策3条。" in then, "已发布政策3条。" in now) == (False, True)


def test_htmx_gets_the_list_alone(office):
    response = office.get(reverse("tasks:assignments"), headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert "list-table" in response.content.decode()


def test_htmx_is_sent_to_sign_in_with_the_whole_page(client, county):
    response = client.get(reverse("tasks:assignments"), {"role": "lead"}, headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert response["HX-Redirect"] == f"{reverse('departments:sign-in')}?next=/assignments/%3Frole%3Dlead"


@pytest.mark.parametrize(("name", "argument"), [("tasks:task", "task"), ("reports:unit", "town")])
def test_a_wrong_day_gives_no_figure(office, county, name, argument):
    response = office.get(reverse(name, args=[getattr(county, argument).pk]), {"as_of": "garbage"})

    assert response.status_code == 400
    assert "填写截至日期" in response.content.decode()
    assert "light-overdue" not in response.content.decode()


def test_a_liaisons_list_begins_with_what_was_returned(client, county):
    calm = AssignmentFactory(task=TaskFactory(section=county.task.section, due_on="2999-01-01"), unit=county.town)
    reviews.return_(submit(calm, by=county.people["liaison"]), by=county.people["reviewer"], comment="请补充。")
    client.force_login(county.people["liaison"])

    response = client.get(reverse("tasks:assignments"))

    assert rows(response) == [calm, county.duty]
    assert "退回待补正" in response.content.decode()


@pytest.mark.parametrize("name", ["reports:dashboard", *LISTS])
def test_before_anything_is_issued_the_page_says_so(client, db, name):
    from departments.choices import Role
    from tests.factories import UserFactory

    client.force_login(UserFactory(role=Role.OFFICE))

    response = client.get(reverse(name))

    assert "还没有印发年度任务分解表" in response.content.decode()


def test_a_past_evening_shows_what_stood_then(office, county):
    task = TaskFactory(section=county.task.section, due_on="2024-09-15")
    duty = AssignmentFactory(task=task, unit=county.town)
    with time_machine.travel(on_day(dt.date(2024, 10, 8)), tick=False):
        reviews.approve(claim(duty), by=county.people["reviewer"])

    then = office.get(reverse("tasks:overdue"), {"as_of": "2024-09-30"})
    now = office.get(reverse("tasks:overdue"))

    assert [(row.task, row.days_overdue) for row in rows(then)] == [(task, 15)]
    assert task not in {row.task for row in rows(now)}


def test_overdue_is_summed_by_unit_and_by_task_longest_first(office, county):
    older = AssignmentFactory(task=TaskFactory(section=county.task.section, due_on="2024-07-31"), unit=county.town)

    response = office.get(reverse("tasks:overdue"), {"as_of": "2025-01-01"})

    assert [(row["unit__name"], row["overdue"], row["late_by"]) for row in response.context["by_unit"]] == [
        (county.town.name, 2, 154),
        *((duty.unit.name, 1, 1) for duty in (county.lead_duty, county.other_duty)),
    ]
    assert [row["task"] for row in response.context["by_task"]] == [
        older.task_id,
        county.task.pk,
        county.other_duty.task_id,
    ]


@pytest.mark.parametrize("name", ["reports:dashboard", *LISTS, "tasks:reviews"])
def test_private_pages_are_not_cached_and_run_no_inline_script(office, name):
    response = office.get(reverse(name))

    assert response["Cache-Control"] == "no-store"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


def test_the_table_merges_its_cells_as_on_paper(office, county):
    response = office.get(reverse("tasks:tasks"))

    ((part, shown),) = response.context["parts"]
    assert [(row["task"].number, row["section_height"]) for row in shown] == [(1, 2), (2, 0)]
    assert part == county.task.section.part
