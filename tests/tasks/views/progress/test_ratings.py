"""Rating on the pages: with the approval, for several at once, anew afterwards."""

import pytest
from django.urls import reverse

from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, submit
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(client, county):
    client.force_login(county.people["reviewer"])
    return client


def approve(client, report, **fields):
    return client.post(reverse("tasks:approve", args=[report.pk]), fields)


def rated(report):
    report.refresh_from_db()
    return report.quality, report.is_exemplary


def test_a_report_is_approved_with_its_rating(reviewer, county):
    response = approve(reviewer, county.report, quality="4", is_exemplary="on")

    assert response.status_code == 302
    assert rated(county.report) == (4, True)


def test_a_report_is_approved_without_a_rating(reviewer, county):
    approve(reviewer, county.report, quality="")

    assert (county.report.__class__.objects.get(pk=county.report.pk).state, rated(county.report)) == (
        "approved",
        (None, False),
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"quality": "2", "is_exemplary": "on"}, "评为“优”或“良”的报告才能列为典型经验。"),
        ({"is_exemplary": "on"}, "评为“优”或“良”的报告才能列为典型经验。"),
        ({"quality": "9"}, "没有这一档质量评价，请重新选择。"),
    ],
)
def test_a_rating_that_cannot_be_comes_back_with_the_typed_word(reviewer, county, fields, sentence):
    response = approve(reviewer, county.report, **fields, comment="材料齐全。")

    assert response.status_code == 422
    assert sentence in page_of(response)
    assert response.context["approve_form"]["comment"].value() == "材料齐全。"
    county.report.refresh_from_db()
    assert county.report.state == "submitted"


def test_several_are_approved_with_one_rating(reviewer, county):
    other = submit(AssignmentFactory(task=county.task))
    ticked = [f"{report.pk}:{report.version}" for report in (county.report, other)]

    page = reviewer.post(reverse("tasks:approve-several"), {"report": ticked, "confirm": "1", "quality": "3"})

    assert page.context["done"] == 2
    assert (rated(county.report), rated(other)) == ((3, False), (3, False))


def test_the_unit_reads_its_rating_on_the_card(reviewer, county, client):
    reviews.approve(county.report, by=county.people["office"], quality=4, is_exemplary=True)
    client.force_login(county.people["liaison"])

    page = page_of(client.get(reverse("tasks:assignment", args=[county.duty.pk])))

    assert "质量评价：<strong>优</strong>" in page
    assert "典型经验" in page


def test_a_report_is_rated_anew_and_the_page_tells_of_each_rating(reviewer, county):
    reviews.approve(county.report, by=county.people["office"], quality=4)

    response = reviewer.post(reverse("tasks:rate", args=[county.report.pk]), {"rate-quality": "2"}, follow=True)

    page = page_of(response)
    assert rated(county.report) == (2, False)
    assert "质量评价已保存。" in page
    assert "质量评价：<strong>一般</strong>" in page
    assert "评价记录（2次）" in page


def test_what_cannot_be_is_said_above_the_rating(reviewer, county):
    response = reviewer.post(reverse("tasks:rate", args=[county.report.pk]), {"rate-quality": "2"})

    assert response.status_code == 409
    assert "审核通过后才能评价质量" in page_of(response)


def test_an_auditor_reads_the_rating_and_is_offered_none(client, county):
    reviews.approve(county.report, by=county.people["office"], quality=1)
    client.force_login(county.people["auditor"])

    page = page_of(client.get(reverse("tasks:review", args=[county.report.pk])))

    assert "质量评价：<strong>较差</strong>" in page
    assert reverse("tasks:rate", args=[county.report.pk]) not in page
