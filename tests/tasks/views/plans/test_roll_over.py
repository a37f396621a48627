"""The pages of rolling over and comparing."""

import pytest
from django.urls import reverse

from departments.choices import Role
from tasks.models import Plan
from tests.factories import PartFactory, PlanFactory, SectionFactory, TaskFactory, UserFactory
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(client):
    client.force_login(UserFactory(role=Role.OFFICE))
    plan = PlanFactory(title="2024年分解表")
    section = SectionFactory(part=PartFactory(plan=plan))
    TaskFactory(section=section, number=1, requirement="落实2024年要点。")
    TaskFactory(section=section, number=2, requirement="<b>公开</b>目录。")
    return plan


def send(client, plan, **fields):
    fields = {"year": 2025, "title": "2025年分解表", "kinds": ["table", "notice"], **fields}
    return client.post(reverse("tasks:roll-over", args=[plan.pk]), fields)


def test_the_page_offers_the_next_year_and_says_what_moves(client, plan):
    page = page_of(client.get(reverse("tasks:roll-over", args=[plan.pk])))

    assert 'value="2025年分解表"' in page
    assert "12月底前（2025-12-31）" in page


def test_rolling_over_leads_to_the_comparison_with_its_hints(client, plan):
    response = send(client, plan)
    page = page_of(client.get(response.url))

    copy = Plan.objects.get(year=2025)
    assert response.url == f"/plans/{copy.pk}/compare/?with={plan.pk}"
    assert "含有“2024年”" in page
    assert "不变 2" in page


def test_a_second_click_is_refused_with_a_way_to_insist(client, plan):
    send(client, plan)

    refused = send(client, plan)
    insisted = send(client, plan, again="on")

    assert refused.status_code == 422
    assert "仍要再建一份" in page_of(refused)
    assert insisted.status_code == 302
    assert Plan.objects.filter(year=2025).count() == 2


def test_a_wrong_year_is_marked_and_the_title_kept(client, plan):
    response = send(client, plan, year="2", title="我的标题")

    assert response.status_code == 422
    assert "我的标题" in page_of(response)


def test_one_kind_of_change_alone(client, plan):
    send(client, plan)
    copy = Plan.objects.get(year=2025)
    copy.tasks.filter(number=2).update(requirement="全新的工作内容要求。")

    page = client.get(reverse("tasks:compare", args=[copy.pk]) + f"?with={plan.pk}&kind=new")

    assert [pair.new.number for pair, _, _ in page.context["comparison"].shown] == [2]


def test_text_of_a_row_is_shown_as_text(client, plan):
    send(client, plan)
    copy = Plan.objects.get(year=2025)

    page = page_of(client.get(reverse("tasks:compare", args=[copy.pk])))

    assert "&lt;b&gt;公开&lt;/b&gt;目录。" in page


@pytest.mark.parametrize("other", ["999999", "garbage", "-1"])
def test_an_unknown_plan_to_compare_with_is_not_found(client, plan, other):
    assert client.get(reverse("tasks:compare", args=[plan.pk]) + f"?with={other}").status_code == 404


def test_without_another_plan_the_page_says_so(client, plan):
    assert "还没有可以对照的其他年度分解表" in page_of(client.get(reverse("tasks:compare", args=[plan.pk])))
