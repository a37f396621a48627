"""The list of units with their figures."""

import pytest
from django.urls import reverse

from departments.choices import UnitKind
from tests.factories import AssignmentFactory, UnitFactory, complete
from tests.pages import page_of, rows

pytestmark = pytest.mark.django_db


def units(client, query=""):
    return client.get(f"{reverse('reports:units')}?{query}")


def names(response):
    return [row["unit__name"] for row in rows(response)]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_best_unit_comes_first(office, county):
    complete(county.other_duty)

    response = units(office)

    assert [(row["unit__name"], row["owed"], row["done"]) for row in rows(response)][0] == ("县农业农村局", 1, 1)
    assert "100.0%" in page_of(response)


def test_each_role_sees_the_units_whose_page_it_may_read(client, county):
    seen = {}
    for role in ("office", "reviewer", "auditor", "liaison", "leader", "lead", "stranger"):
        client.force_login(county.people[role])
        seen[role] = set(names(units(client)))

    everything = {"县商务局", "南旺镇人民政府", "县农业农村局"}
    assert seen == {
        **dict.fromkeys(("office", "reviewer", "auditor"), everything),
        **dict.fromkeys(("liaison", "leader"), {"南旺镇人民政府"}),
        "lead": {"县商务局"},
        "stranger": {"县农业农村局"},
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=南旺", {"南旺镇人民政府"}),
        ("q=县", {"县商务局", "县农业农村局"}),
        ("q=没有", set()),
        (f"kind={UnitKind.TOWNSHIP}", {"南旺镇人民政府"}),
        (f"kind={UnitKind.DEPARTMENT}&q=商务", {"县商务局"}),
    ],
)
def test_the_list_is_cut_by_its_filter(office, county, query, found):
    response = units(office, query)

    assert (response.status_code, set(names(response))) == (200, found)


@pytest.mark.parametrize("query", ["kind=x", "q=" + "长" * 101, "as_of=garbage", "as_of=2999-01-01"])
def test_nonsense_is_marked_and_no_row_is_guessed(office, county, query):
    response = units(office, query)

    assert (response.status_code, rows(response)) == (400, [])
    assert 'class="errorlist"' in page_of(response)


@pytest.mark.parametrize("column", ["name", "kind", "owed", "done", "completion_rate", "overdue", "not_started"])
def test_each_column_sorts_both_ways(office, county, column):
    for number in range(3):
        unit = UnitFactory(kind=UnitKind.TOWN, order=number)
        AssignmentFactory.create_batch(number, unit=unit, task__section=county.task.section)
        complete(AssignmentFactory(unit=unit, task=county.other_duty.task))
    keys = {"name": "unit__order"}

    up = [row[keys.get(column, column)] for row in rows(units(office, f"sort={column}"))]
    down = [row[keys.get(column, column)] for row in rows(units(office, f"sort=-{column}"))]

    assert up == sorted(up)
    assert down == sorted(up, reverse=True)


def test_a_past_day_shows_that_evening(office, history):
    current = {}
    for day in ("2024-06-30", "2024-09-30", "2024-10-08"):
        (row,) = [row for row in rows(units(office, f"as_of={day}")) if row["unit"] == history.other_unit.pk]
        current[day] = (row["not_started"], row["review"], row["done"])

    assert current == {"2024-06-30": (1, 0, 0), "2024-09-30": (0, 1, 0), "2024-10-08": (0, 0, 1)}


def test_a_unit_is_opened_in_the_year_and_on_the_day_of_the_list(office, history):
    page = page_of(units(office, f"plan={history.plan.pk}&as_of=2024-09-30"))

    assert f'/units/{history.other_unit.pk}/?plan={history.plan.pk}&amp;as_of=2024-09-30"' in page
    assert f'"/units/?plan={history.plan.pk}">看今天的' in page


def test_a_page_that_is_not_there_is_told_in_a_sentence(office, county):
    response = units(office, "page=99999")

    assert response.status_code == 404
    assert "没有第 99999 页" in page_of(response)


@pytest.mark.parametrize("plan", ["abc", "999999"])
def test_a_plan_that_is_none_answers_404(office, county, plan):
    assert units(office, f"plan={plan}").status_code == 404


def test_htmx_gets_the_list_alone(office, county):
    response = office.get(reverse("reports:units"), headers={"HX-Request": "true"})

    assert "<html" not in page_of(response)
    assert "南旺镇人民政府" in page_of(response)


def test_a_unit_is_listed_by_its_short_name_with_the_full_one_at_hand(office, county):
    county.town.short_name = "南旺镇"
    county.town.save()

    assert 'title="南旺镇人民政府">南旺镇</a>' in page_of(units(office))
