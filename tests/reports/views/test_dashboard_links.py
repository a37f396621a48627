"""Every figure of the dashboard and of a unit's page links to a list of that many rows."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from tests.pages import page_of

pytestmark = pytest.mark.django_db

TODAY, EVENING = "", "2024-10-15"


@pytest.fixture
def reader(client, lives):
    client.force_login(lives["office"])
    return client


def rows_behind(client, href):
    """Return the number of rows of the list at a URL."""
    response = client.get(href)
    assert response.status_code == 200
    context = response.context
    return context["table"].paginator.count if context.get("table") else context["row_count"]


def promised(context):
    """Every `(URL, number)` on the page, where there is a number to open."""
    links = [(one.href, context["totals"][one.name]) for one in context["leading"] if one.name in context["totals"]]
    links += [(line["overdue_href"], line["overdue"]) for line in (*context["units"], *context["tasks"])]
    links += [(line["owed_href"], line["owed"]) for line in context["tasks"]]
    for _, sums, href in context["parts"]:
        links += [(href, sums["owed"]), (f"{href}&light=overdue", sums["overdue"])]
    for point in context["months"]:
        links += [(point["done_href"], point["done"]), (point["due_href"], point["due"])]
    return {(href, number) for href, number in links if number}


@pytest.mark.parametrize("as_of", [TODAY, EVENING])
def test_every_link_leads_to_so_many_rows(reader, as_of):
    response = reader.get(reverse("reports:dashboard"), {"as_of": as_of} if as_of else {})
    page, links = page_of(response), promised(response.context)

    wrong = [(href, number, behind) for href, number in links if (behind := rows_behind(reader, href)) != number]

    assert wrong == []
    assert [href for href, number in links if f'href="{escape(href)}"' not in page] == []
    assert len(links) > 15


@pytest.mark.parametrize("as_of", [TODAY, EVENING])
def test_every_light_of_a_unit_leads_to_so_many_of_its_duties(reader, lives, as_of):
    query = {"as_of": as_of} if as_of else {}
    response = reader.get(reverse("reports:unit", args=[lives["unit"].unit_id]), query)

    links = [(href, number) for _, number, href in response.context["links"]]

    assert [(href, rows_behind(reader, href)) for href, _ in links] == links
    assert links


def test_the_links_keep_the_plan_and_nothing_else_of_the_address(client, lives):
    client.force_login(lives["office"])
    plan = client.get(reverse("reports:dashboard")).context["plan"]

    response = client.get(reverse("reports:dashboard"), {"plan": plan.pk, "light": "done", "unit": "1"})

    assert response.context["leading"][1].href == f"{reverse('tasks:overdue')}?plan={plan.pk}"
