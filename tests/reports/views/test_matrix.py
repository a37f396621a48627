"""The matrix: lights, totals, the panel of a duty, and chasing."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from departments.choices import UnitKind
from reports.figures import matrix as figures_matrix
from tasks.choices import Light
from tasks.models import Assignment, Plan
from tests.factories import AssignmentFactory, PartFactory, SectionFactory, TaskFactory, UnitFactory, claim, complete
from tests.pages import page_of
from tests.reports.figures.test_figures import (
    DAYS,
    plain,
    shared_office,  # noqa: F401 - what it is a copy of
)
from tests.reports.figures.test_figures import office as random_county
from wenshang_disclosure.core.dates import on_day
from wenshang_disclosure.core.evenings import evening

pytestmark = pytest.mark.django_db

random_office = random_county


def matrix(client, query=""):
    return client.get(f"{reverse('reports:matrix')}?{query}")


def shown(response):
    """Return `{task number: {unit: light}}` and the totals of columns as shown on the page."""
    found = response.context["matrix"]
    units = [unit.name for unit, _ in found.columns]
    rows = [row for _, rows in found.parts for row in rows]
    return {
        row.task.number: {unit: cell[0] for unit, cell in zip(units, row.cells, strict=True) if cell} for row in rows
    }


def beside(client, task, unit, query="", **headers):
    address = reverse("reports:matrix-duty", args=[task.pk, unit.pk])
    return client.get(f"{address}?{query}", headers=headers or {"hx-request": "true"})


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", DAYS)
def test_cells_and_totals_are_those_of_a_plain_reading(random_office, as_of):
    told = plain(as_of)
    tasks = list(Plan.objects.get().tasks.select_related("section__part").order_by("section__part__order", "number"))

    with evening(as_of):
        duties = Assignment.objects.shown_to(random_office, Plan.objects.get(), as_of)
        found = figures_matrix.matrix(duties, tasks)

    rows = {row.task.pk: row for _, rows in found.parts for row in rows}
    columns = {unit.pk: (place, line) for place, (unit, line) in enumerate(found.columns)}
    for duty, light in told:
        assert rows[duty.task_id].cells[columns[duty.unit_id][0]] == (light[0].value, light[1])
    for which, line in [
        *((lambda one, pk=pk: one.task_id == pk, row.line) for pk, row in rows.items()),
        *((lambda one, pk=pk: one.unit_id == pk, line) for pk, (_, line) in columns.items()),
        (lambda one: True, found.total),
    ]:
        lights = [light for duty, (light, _) in told if which(duty)]
        assert (line.owed, line.done, line.overdue) == (
            len(lights),
            lights.count(Light.DONE),
            lights.count(Light.OVERDUE),
        )


def test_the_cells_are_one_query(random_office, django_assert_num_queries):
    duties = Assignment.objects.shown_to(random_office, Plan.objects.get())
    tasks = list(Plan.objects.get().tasks.select_related("section__part"))

    with django_assert_num_queries(2):  # the cells, the units
        figures_matrix.matrix(duties, tasks)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_each_role_sees_its_own_column_and_the_rows_that_it_leads(client, county):
    seen = {}
    for role in ("office", "auditor", "liaison", "lead", "lead_leader", "stranger"):
        client.force_login(county.people[role])
        seen[role] = {number: set(cells) for number, cells in shown(matrix(client)).items()}

    town, lead, other = "南旺镇人民政府", "县商务局", "县农业农村局"
    assert seen == {
        **dict.fromkeys(("office", "auditor"), {1: {town, lead}, 2: {other}}),
        "liaison": {1: {town}},
        "lead": {1: {town, lead}},
        "lead_leader": {1: {lead}},
        "stranger": {2: {other}},
    }


@pytest.mark.parametrize(
    ("query", "numbers", "units"),
    [
        ("kind=rural", {1}, {"南旺镇人民政府"}),
        ("kind=county", {1, 2}, {"县商务局", "县农业农村局"}),
        (f"kind={UnitKind.TOWNSHIP}", {1}, {"南旺镇人民政府"}),
        ("light=done", {2}, {"县农业农村局"}),
        ("light=due_soon", set(), set()),
        ("light=done&kind=rural", set(), set()),
        ("light=done&as_of=2024-10-07", set(), set()),
        ("light=review&as_of=2024-10-07", {2}, {"县农业农村局"}),
    ],
)
def test_filters_cut_rows_and_columns(office, history, query, numbers, units):
    response = matrix(office, query)

    found = response.context["matrix"]
    assert (set(shown(response)), {unit.name for unit, _ in found.columns}) == (numbers, units)


def test_one_part_alone(office, county):
    part = PartFactory(plan=county.plan)
    AssignmentFactory(task=TaskFactory(section=SectionFactory(part=part), number=3))

    assert set(shown(matrix(office, f"part={part.pk}"))) == {3}


def test_a_row_that_nobody_owes_yet_stands_in_the_offices_whole_table(office, county):
    TaskFactory(section=county.task.section, number=3)

    assert set(shown(matrix(office))) == {1, 2, 3}
    assert set(shown(matrix(office, "kind=rural"))) == {1}


@pytest.mark.parametrize("query", ["kind=x", "light=x", "part=0", "as_of=garbage", "as_of=2999-01-01"])
def test_nonsense_is_marked_and_no_cell_is_guessed(office, county, query):
    response = matrix(office, query)

    assert (response.status_code, shown(response)) == (400, {})
    assert 'class="errorlist"' in page_of(response)


def test_a_cell_says_its_light_in_words(office, county):
    with time_machine.travel(on_day(dt.date(2025, 2, 1)), tick=False):
        complete(county.other_duty)
        page = page_of(matrix(office))

    assert '<td class="d l">逾期办结' in page
    assert "<td class=o>逾期" in page


def test_hostile_text_stays_text(office, county):
    TaskFactory(section=county.task.section, number=3, requirement='"><script>alert(1)</script>')
    AssignmentFactory(task=county.task, unit=UnitFactory(name="<b>局</b>"))

    page = page_of(matrix(office))

    assert "<script>alert" not in page
    assert "<b>局" not in page


def test_htmx_gets_the_table_alone(office, county):
    response = office.get(reverse("reports:matrix"), headers={"hx-request": "true"})

    assert "data-matrix" in page_of(response)
    assert "<html" not in page_of(response)


def test_there_is_no_matrix_before_a_plan(client, office, county):
    Plan.objects.update(state="draft")

    assert "还没有印发" in page_of(matrix(office))


# --- chasing ----------------------------------------------------------------------------------------------------------


def chase_buttons(response):
    return re.findall(r'form="chase" name="duties" value="([\d,]+)"', page_of(response))


def test_late_duties_of_a_row_or_column_are_submitted_to_the_step(office, county):
    response = matrix(office)

    row = ",".join(str(pk) for pk in sorted([county.duty.pk, county.lead_duty.pk]))
    in_any_order = [",".join(sorted(value.split(","), key=int)) for value in chase_buttons(response)]
    assert sorted(in_any_order) == sorted(
        [row, str(county.other_duty.pk), *map(str, [county.duty.pk, county.lead_duty.pk, county.other_duty.pk])]
    )

    answer = office.post(
        reverse("tasks:bulk"), {"action": "remind", "plan": county.plan.pk, "duties": chase_buttons(response)[0]}
    )
    assert (answer.status_code, len(answer.context["taken"])) == (200, 2)


def test_a_lead_is_offered_the_rows_units_and_not_its_own(client, county):
    client.force_login(county.people["lead"])

    assert set(chase_buttons(matrix(client))) == {str(county.duty.pk)}


@pytest.mark.parametrize("role", ["auditor", "liaison", "leader", "lead_leader", "stranger"])
def test_who_may_not_chase_is_offered_nothing(client, county, role):
    client.force_login(county.people[role])

    assert chase_buttons(matrix(client)) == []
    if role in ("auditor", "liaison"):
        assert "催办" not in page_of(beside(client, county.task, county.town))


def test_what_is_claimed_and_what_was_late_once_is_not_chased(office, county):
    claim(county.other_duty)

    assert str(county.other_duty.pk) not in chase_buttons(matrix(office))
    assert chase_buttons(matrix(office, "as_of=2025-03-01")) == []


# --- one cell ---------------------------------------------------------------------------------------------------------


def test_a_cell_opens_the_duty_beside_the_table(office, county):
    page = page_of(beside(office, county.task, county.town))

    assert "<html" not in page
    assert county.report.text in page
    assert reverse("tasks:assignment", args=[county.duty.pk]) in page
    assert f'name="duties" value="{county.duty.pk}"' in page


def test_without_htmx_it_is_the_dutys_own_page(office, county):
    response = office.get(reverse("reports:matrix-duty", args=[county.task.pk, county.town.pk]))

    assert response.url == reverse("tasks:assignment", args=[county.duty.pk])


def test_a_past_day_shows_reports_submitted_by_then(office, history):
    before = page_of(beside(office, history.other_duty.task, history.other_unit, "as_of=2024-09-09"))
    after = page_of(beside(office, history.other_duty.task, history.other_unit, "as_of=2024-09-10"))

    assert "九月的进展" not in before
    assert "还没有报送进展" in before
    assert "九月的进展" in after
    assert "已通过" not in after
    assert "催办" not in after


def test_a_draft_is_not_shown_beside_the_table(client, county):
    client.force_login(county.people["liaison"])

    assert "尚未报送" not in page_of(beside(client, county.task, county.town))


def test_an_empty_cell_and_a_day_that_is_nonsense(office, county):
    assert beside(office, county.task, county.other_unit).status_code == 404
    assert beside(office, county.task, county.town, "as_of=x").status_code == 400


def test_ids_too_long_for_the_database_are_not_found(office, county):
    long = "9" * 20

    assert office.get(f"/matrix/{county.task.pk}/{long}/").status_code == 404
    assert office.get(f"/assignments/?duty={long}").status_code == 400
    assert office.get(f"/exports/assignments.xlsx?duty={long}").status_code == 400


def test_the_addresses_of_cells_begin_alike_also_where_a_year_is_chosen(office, county):
    page = page_of(matrix(office, f"plan={county.plan.pk}"))

    assert re.findall(r'data-(?:matrix|query)="([^"]*)"', page) == [
        reverse("reports:matrix"),
        f"?plan={county.plan.pk}",
    ]
