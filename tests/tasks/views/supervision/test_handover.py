"""The page of what stands in a unit, each matter with a link that its reader can open."""

import re

import pytest
from django.urls import reverse

from departments.choices import Role
from tests.factories import UnitFactory, UserFactory
from tests.pages import page_of
from tests.tasks.services.supervision.test_handover import what_stands_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.LIAISON, Role.LEADER])
def test_each_matter_has_a_link_that_opens(client, role):
    unit = UnitFactory(name="南旺镇人民政府")
    what_stands_in(unit)
    client.force_login(UserFactory(unit=unit, role=role))

    response = client.get(reverse("tasks:handover"))

    rows = [row for *_, rows in response.context["groups"] for row in rows]
    listed = re.search(r'<div class="two-columns">.*', page_of(response), re.DOTALL).group()
    links = re.findall(r'<li>\s*<a href="([^"]+)"', listed)
    assert len(links) == len(rows) == 6
    assert [client.get(link).status_code for link in links] == [200] * 6


def test_where_nothing_stands_it_says_so(client):
    client.force_login(UserFactory())

    page = page_of(client.get(reverse("tasks:handover")))

    assert "本单位目前没有退回待补正、催办待回复、未报送的草稿、待审签和逾期的事项。" in page
