"""Every figure and bar of the dashboard links to a list of that many rows."""

import json

import pytest
from django.urls import reverse
from django.utils.html import escape

from tests.environment import LONG
from tests.pages import page_of

pytestmark = pytest.mark.django_db

TODAY = ""
EVENING = "2024-10-15"
READ = [("office", TODAY), ("lead", EVENING)]
READ += [("office", EVENING), ("lead", TODAY), ("unit", EVENING)] if LONG else []
COUNTS_OF = {
    "completion_rate": "done",
    "on_time_rate": "on_time",
    "longest": "waiting",
    "median": "waiting",
}


@pytest.fixture(params=["office", "lead", "unit"])
def reader(request, client, lives):
    client.force_login(lives[request.param])
    return client


def rows_behind(client, href):
    """Return the number of rows of the list at a URL."""
    response = client.get(href)
    assert response.status_code == 200
    context = response.context
    return context["table"].paginator.count if context.get("table") else context["row_count"]


def promised(context):
    """Return every `(URL, number)` on the page."""
    for tile in context["tiles"]:
        yield tile.href, context["totals"][COUNTS_OF.get(tile.name, tile.name)]
    yield from ((href, number) for _, number, href in context["light_links"])
    yield context["waiting_list"], context["totals"]["waiting"]
    for lines in context["twins"].values():
        for _, href, row, cells in lines:
            yield href, row["owed"]
            yield from ((cell_href, number) for number, cell_href in cells if number)
    for point in context["charts"]["months"]:
        if point["done"]:
            yield point["done_href"], point["done"]
        if point["due"]:
            yield point["due_href"], point["due"]
    yield from ((week["href"], week["number"]) for week in context["charts"]["weeks"] if week["number"])
    for row in context.get("led", []):
        yield row["all_href"], row["owed"]
        yield from ((href, number) for _, number, href in row["lights"])


@pytest.mark.parametrize(("reader", "as_of"), READ, indirect=["reader"])
def test_every_link_leads_to_so_many_rows(reader, as_of):
    response = reader.get(reverse("reports:dashboard"), {"as_of": as_of} if as_of else {})
    page, links = page_of(response), set(promised(response.context))

    wrong = [(href, number, behind) for href, number in links if (behind := rows_behind(reader, href)) != number]

    assert wrong == []
    assert [href for href, number in links if number and f'href="{escape(href)}"' not in page] == []
    assert len(links) > 15


def test_a_bar_of_the_chart_has_the_address_of_its_cell_in_the_table(reader):
    response = reader.get(reverse("reports:dashboard"), {"as_of": "2024-09-30"})
    drawn = page_of(response).partition('<script id="chart-data" type="application/json">')[2].partition("</script>")[0]

    charts = json.loads(drawn)

    for name, lines in response.context["twins"].items():
        chart = charts[name]
        for row, (label, href, _, cells) in enumerate(lines):
            assert (chart["names"][row], chart["hrefs"][row]) == (label, href)
            bars = [(one["data"][row], f"{href}&light={one['light']}") for one in chart["series"]]
            assert bars == cells


def test_the_links_keep_the_plan_and_nothing_else_of_the_address(client, lives):
    client.force_login(lives["office"])
    plan = client.get(reverse("reports:dashboard")).context["plan"]

    response = client.get(reverse("reports:dashboard"), {"plan": plan.pk, "light": "done", "unit": "1"})

    assert response.context["tiles"][1].href == f"{reverse('tasks:assignments')}?plan={plan.pk}"
