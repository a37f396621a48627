"""The table as issued with its lights, and one row of it."""

import pytest
from django.urls import reverse

from departments.choices import UnitKind
from tasks.choices import DutyRole, Light, PartKind, PlanState
from tests.factories import (
    AssignmentFactory,
    CollectiveFactory,
    DesignationFactory,
    PartFactory,
    PlanFactory,
    SectionFactory,
    TaskFactory,
    UnitFactory,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


def table(client, query=""):
    return client.get(f"{reverse('tasks:tasks')}?{query}")


def detail(client, task, query=""):
    return client.get(f"{reverse('tasks:task', args=[task.pk])}?{query}")


def shown(response):
    """Every row of the page, in its order."""
    return [row for _, rows in response.context["parts"] for row in rows]


def numbers(response):
    return [row["task"].number for row in shown(response)]


# --- the table --------------------------------------------------------------------------------------------------------


def test_everybody_sees_every_row_and_the_lights_of_the_own_duties(client, county):
    seen = {}
    for role in ("office", "liaison", "lead", "stranger"):
        client.force_login(county.people[role])
        seen[role] = [(row["task"].number, row["counts"] and row["counts"]["owed"]) for row in shown(table(client))]

    assert seen == {
        "office": [(1, 2), (2, 1)],
        "liaison": [(1, 1), (2, None)],
        "lead": [(1, 2), (2, None)],
        "stranger": [(1, None), (2, 1)],
    }


def test_the_document_is_named_above_the_table(office, county):
    page = page_of(table(office))

    assert "2024年测试分解表" in page
    assert "测政办字〔2024〕1号" in page
    assert "2024年6月24日印发" in page


def test_cells_are_merged_where_they_were_on_paper(office, county):
    section = county.task.section
    lead = UnitFactory(name="县财政局")
    for number in (3, 4, 5):
        task = TaskFactory(section=section, number=number)
        DesignationFactory(task=task, role=DutyRole.LEAD, unit=lead, from_cell_above=number > 3)

    rows = shown(table(office))

    heights = [
        (row["task"].number, row["section_height"], row["lead_height"], row["responsible_height"]) for row in rows
    ]
    assert heights == [(1, 5, 1, 1), (2, 0, 1, 1), (3, 0, 3, 1), (4, 0, 0, 1), (5, 0, 0, 1)]


def test_a_merged_cell_is_drawn_again_where_the_filter_took_the_row_above(office, county):
    lead = UnitFactory(name="县财政局")
    for number in (3, 4):
        task = TaskFactory(section=county.task.section, number=number, requirement=f"第{number}行的要求")
        DesignationFactory(task=task, role=DutyRole.LEAD, unit=lead, from_cell_above=number == 4)

    response = table(office, "q=第4行")

    assert [(row["task"].number, row["lead_height"]) for row in shown(response)] == [(4, 1)]
    assert "县财政局" in page_of(response)


def test_an_entry_that_names_nobody_yet_says_so_until_units_are_picked(office, county):
    entry = DesignationFactory(task=county.task, unit=None, collective=CollectiveFactory(name="县政府有关部门、单位"))

    before = page_of(table(office))
    entry.picked_units.add(county.other_unit)
    after = page_of(table(office))

    assert ("待明确" in before, "待明确" in after) == (True, False)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=招商", [1]),
        ("q=没有这样的文字", []),
        ("part={part}", [1, 2]),
        ("lead={lead}", [1]),
        ("kind=table", [1, 2]),
        ("kind=notice", [3]),
        ("light=overdue", [1, 2]),
        ("light=not_started", [3]),
        ("light=done", []),
        ("lead={lead}&q=乡村", []),
    ],
)
def test_the_table_is_cut_by_its_filter(office, county, query, found):
    notice = SectionFactory(part=PartFactory(plan=county.plan, kind=PartKind.NOTICE))
    AssignmentFactory(task=TaskFactory(section=notice, number=3, due_on="2999-12-31"), unit=county.town)

    response = table(office, query.format(part=county.task.section.part_id, lead=county.lead_unit.pk))

    assert (response.status_code, numbers(response)) == (200, found)


@pytest.mark.parametrize("query", ["light=nonsense", "lead=abc", "lead=999999", "part=x", "kind=x", "lead={town}"])
def test_a_choice_that_is_not_on_offer_is_marked_and_no_row_is_guessed(office, county, query):
    response = table(office, query.format(town=county.town.pk))

    assert response.status_code == 400
    assert "没有这个选项，请重新选择。" in page_of(response)
    assert numbers(response) == []


@pytest.mark.parametrize("query", ["as_of=garbage", "as_of=2999-01-01", "q=" + "长" * 101])
def test_nonsense_shows_no_row(office, county, query):
    response = table(office, query)

    assert (response.status_code, numbers(response)) == (400, [])


@pytest.mark.parametrize(
    ("as_of", "light"),
    [("2024-06-30", Light.NOT_STARTED), ("2024-09-30", Light.REVIEW), ("2024-10-08", Light.DONE), ("", Light.DONE)],
)
def test_a_past_day_shows_that_evening(office, history, as_of, light):
    counts = {row["task"].number: row["counts"] for row in shown(table(office, f"as_of={as_of}"))}

    assert {name: counts[2][name] for name in Light.values} == {**dict.fromkeys(Light.values, 0), light.value: 1}


def test_before_the_plan_was_issued_the_rows_stand_without_lights(office, history):
    response = table(office, "as_of=2024-06-23")

    assert [row["counts"] for row in shown(response)] == [None, None]


def test_htmx_gets_the_table_alone(office, county):
    response = office.get(reverse("tasks:tasks"), headers={"HX-Request": "true"})

    assert "<html" not in page_of(response)
    assert page_of(response).lstrip().startswith('<div class="table-responsive">')


# --- one row ----------------------------------------------------------------------------------------------------------


def test_a_row_shows_its_cells_the_duty_of_every_unit_and_its_history(office, county):
    response = detail(office, county.task)

    page = page_of(response)
    assert [duty.unit.name for duty in response.context["duties"]] == ["县商务局", "南旺镇人民政府"]
    assert [
        text for text in (county.task.requirement, county.report.text, "报送进展", "12月底前") if text not in page
    ] == []
    assert response.context["counts"]["owed"] == 2


def test_who_is_assigned_is_seen_by_all_and_how_it_stands_by_those_who_may(client, county):
    client.force_login(county.people["stranger"])

    response = detail(client, county.task)

    assert list(response.context["duties"]) == []
    assert "南旺镇人民政府（责任）" in page_of(response)
    assert county.report.text not in page_of(response)
    assert list(response.context["timeline"]) == []


def test_what_a_collective_stands_for_is_told(office, county):
    towns = CollectiveFactory(name="各乡镇（街道）", kinds=[UnitKind.TOWN, UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT])
    DesignationFactory(task=county.task, unit=None, collective=towns)
    DesignationFactory(task=county.task, unit=None, collective=CollectiveFactory(name="县政府有关部门、单位"))

    page = page_of(detail(office, county.task))

    assert f"所有在册的{towns.kinds_in_words()}" in page
    assert "待明确" in page


def test_a_rows_past_day_shows_that_evening(office, history):
    task = history.other_duty.task

    then, now = detail(office, task, "as_of=2024-09-30"), detail(office, task)

    assert [[duty.light for duty in page.context["duties"]] for page in (then, now)] == [[Light.REVIEW], [Light.DONE]]
    assert [len(page.context["timeline"]) for page in (then, now)] == [2, 3]
    assert "截至2024年9月30日" in page_of(then)


def test_a_row_and_its_duties_can_be_changed_today_alone(office, history):
    task = history.other_duty.task
    then, now = detail(office, task, "as_of=2024-09-30"), detail(office, task)

    assert [bool(page.context["steps"]) for page in (then, now)] == [False, True]
    assert [f"/plans/rows/{task.pk}/amend/" in page_of(page) for page in (then, now)] == [False, True]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("garbage", "请按“2024-09-30”的格式填写截至日期。"), ("2999-01-01", "截至日期不能晚于今天。")],
)
def test_nonsense_for_a_rows_day_is_marked(office, county, text, sentence):
    response = detail(office, county.task, f"as_of={text}")

    assert response.status_code == 400
    assert sentence in page_of(response)


def test_a_row_of_a_plan_that_is_drawn_up_is_seen_by_the_office_alone(client, county):
    draft = PlanFactory(year=2025, state=PlanState.DRAFT, issued_on=None)
    task = TaskFactory(section=SectionFactory(part=PartFactory(plan=draft)))

    statuses = {}
    for role in ("office", "reviewer", "auditor", "liaison"):
        client.force_login(county.people[role])
        statuses[role] = detail(client, task).status_code

    assert statuses == {"office": 200, "reviewer": 404, "auditor": 404, "liaison": 404}
