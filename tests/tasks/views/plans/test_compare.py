"""Two years beside one another, in words and in results, on the page and in the file."""

import datetime as dt
import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from departments.choices import Role
from tasks.models import Plan
from tasks.services.plans import roll_over
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, TaskFactory, UserFactory, claim, complete, submit
from tests.pages import page_of
from wenshang_disclosure.core.dates import on_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(county):
    """The county's table of 2024: on its second row one duty is completed in time, one late, and one is overdue."""
    task = TaskFactory(section=county.task.section, number=7, requirement="及时更新机构职能。", due_on="2024-07-31")
    in_time, late, overdue = AssignmentFactory.create_batch(3, task=task)
    with time_machine.travel(on_day(dt.date(2024, 7, 20)), tick=False):
        complete(in_time)
    with time_machine.travel(on_day(dt.date(2024, 8, 20)), tick=False):
        complete(late)
        report = submit(overdue)
    with time_machine.travel(on_day(dt.date(2024, 9, 1)), tick=False):
        reviews.return_(report, by=UserFactory(role=Role.REVIEWER), comment="请补充。")
    return county.plan


@pytest.fixture
def copy(plan, county):
    """The draft of 2025 in which the row has another deadline and other words."""
    made = roll_over.roll_over(plan, by=county.people["office"], year=2025, title="2025年分解表", kinds=["table"])
    made.tasks.filter(requirement="及时更新机构职能。").update(requirement="定期更新机构职能。", due_on="2025-10-31")
    TaskFactory(section=made.parts.first().sections.first(), number=99, requirement="探索运用人工智能。")
    return made


def compare(client, plan, **query):
    return client.get(reverse("tasks:compare", args=[plan.pk]), query)


def lines(response):
    return {
        (line.plan.year, line.task.requirement): (label, line.result and vars(line.result))
        for _, label, shown in response.context["comparison"].shown
        for line in shown
    }


def test_what_became_of_a_row_stands_beside_its_words(office, copy):
    told = lines(compare(office, copy))

    result = {"owed": 3, "done": 2, "late": 2, "returned": 1}
    assert told[2024, "及时更新机构职能。"] == ("有变化", result)
    assert told[2025, "定期更新机构职能。"] == ("有变化", None)
    assert told[2025, "探索运用人工智能。"] == ("新增", None)


def test_results_are_those_of_the_day_that_is_asked_for(office, copy):
    told = {
        day: lines(compare(office, copy, as_of=day))[2024, "及时更新机构职能。"][1]
        for day in ("2024-07-25", "2024-08-25")
    }

    assert told == {
        "2024-07-25": {"owed": 3, "done": 1, "late": 0, "returned": 0},
        "2024-08-25": {"owed": 3, "done": 2, "late": 2, "returned": 0},
    }


def test_the_sums_of_both_years_are_said_in_a_line(office, copy):
    page = page_of(compare(office, copy))

    assert "2024年3项任务，应办6件，办结2件（33.3%）" in page
    assert "拟制中，还没有办理结果" in page


def test_cells_that_changed_are_marked_and_words_within_them(office, copy):
    page = page_of(compare(office, copy, kind="changed"))

    assert "<del>及时</del>更新机构职能。" in page
    assert "<ins>定期</ins>更新机构职能。" in page
    assert 'data-label="完成时限" class="day differs"' in page


@pytest.mark.parametrize(("kind", "number"), [("", 4), ("changed", 1), ("new", 1), ("gone", 0), ("kept", 2), ("x", 4)])
def test_pairs_are_cut_by_how_they_changed(office, copy, kind, number):
    assert len(compare(office, copy, kind=kind).context["comparison"].shown) == number


def test_the_file_has_the_lines_of_the_page(office, copy):
    response = office.get(reverse("tasks:export-compare", args=[copy.pk]), {"kind": "changed"})

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[2] in (2024, 2025)]
    assert [(row[0], row[2], row[5], *row[9:13]) for row in rows] == [
        ("有变化", 2024, "及时更新机构职能。", 3, 2, 2, 1),
        ("有变化", 2025, "定期更新机构职能。", None, None, None, None),
    ]


def test_a_later_table_is_told_what_to_compare_it_with(office, copy):
    plan = Plan.objects.get(year=2024)

    assert "没有更早年度的分解表" in page_of(compare(office, plan))
    assert compare(office, plan, **{"with": copy.pk}).context["comparison"].old == copy


@pytest.mark.parametrize("day", ["garbage", "2999-01-01"])
def test_nonsense_for_a_day_is_marked(office, copy, day):
    response = compare(office, copy, as_of=day)

    assert response.status_code == 400
    assert 'class="errorlist"' in page_of(response)


def test_more_rows_cost_no_more_queries(office, copy, county):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            compare(office, copy)
        return len(captured)

    few = queries()
    for number in range(50, 55):
        AssignmentFactory(
            task=TaskFactory(section=county.task.section, number=number, requirement=f"第{number}项工作。")
        )

    assert queries() == few


def test_a_claim_that_waits_is_neither_completed_nor_returned(office, copy, county):
    claim(county.other_duty)

    assert lines(compare(office, copy))[2024, county.other_duty.task.requirement][1]["done"] == 0
