"""The manual is served as pages; each page of the product leads to its place in it, and each place is there."""

import re
from collections import Counter

import pytest
from django.urls import get_resolver, reverse
from lxml import html

from departments.choices import Role
from tests.factories import UserFactory
from tests.pages import page_of
from tests.test_access import names
from wenshang_disclosure.core.region import Region, usual_names
from wenshang_disclosure.help import manual, places

pytestmark = pytest.mark.django_db

OF_PROGRAMS = {"healthz", "readyz", "metrics", "tasks:calendar", "api:openapi-json"}
"""Addresses that programs read."""
TO_EVERYBODY = {"reports:public", "reports:public-csv", "reports:public-json"}
"""The public page, which has a head of its own."""
OF_THE_MANUAL = {"help", "help-chapter"}


def place_on(response):
    """Where the link 帮助 of a page leads."""
    (link,) = html.fromstring(page_of(response)).xpath("//a[@data-help]")
    assert link.text_content().strip() == "帮助"
    return link.get("href")


CHAPTERS = [chapter.name for chapter in manual.chapters()]


def test_every_page_has_a_place_in_the_manual():
    pages = {name for name in names(get_resolver().url_patterns) if not name.startswith("api:")} | {"api:api-root"}

    assert pages - OF_PROGRAMS - TO_EVERYBODY - OF_THE_MANUAL == set(places.ANCHORS)


def test_every_place_is_an_anchor_that_there_is_once():
    anchors = Counter(anchor for chapter in manual.chapters() for anchor in chapter.anchors)

    assert set(places.PAGES) - set(anchors) == set()
    assert [anchor for anchor, times in anchors.items() if times > 1] == []


def test_no_page_is_named_at_two_places():
    pages = Counter(page for pages in places.PAGES.values() for page in pages)

    assert [page for page, times in pages.items() if times > 1] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_a_page_with_its_anchors(client, name):
    response = client.get(reverse("help-chapter", args=[name]))

    tree = html.fromstring(page_of(response))
    chapter = next(one for one in manual.chapters() if one.name == name)
    assert response.status_code == 200
    assert tree.xpath("//h1")[0].text_content() == chapter.title
    ids = set(tree.xpath("//*/@id"))
    assert set(chapter.anchors) <= ids
    assert "<a id=" not in tree.xpath("//main")[0].text_content()


def test_all_chapters_are_on_one_page_to_print(client):
    tree = html.fromstring(page_of(client.get(reverse("help-chapter", args=["whole"]))))

    assert [heading.text_content() for heading in tree.xpath("//article/h2")] == [
        chapter.title for chapter in manual.chapters()
    ]
    ids = tree.xpath("//*/@id")
    assert len(ids) == len(set(ids))


def test_every_picture_and_link_of_the_manual_leads_somewhere(client):
    tree = html.fromstring(page_of(client.get(reverse("help-chapter", args=["whole"]))))
    article = tree.xpath("//article")

    pictures = [src for one in article for src in one.xpath(".//img/@src")]
    links = [href for one in article for href in one.xpath(".//a/@href")]

    assert len(pictures) > 15
    assert all(src.startswith("/static/manual/") for src in pictures)
    assert [link for link in links if not re.match(r"https?://|/", link)] == []
    assert "上传的文件" in tree.text_content()  # a link to a file that is not served is left as words


def test_what_a_liaison_needs_is_a_page_in_the_words_of_the_region(client):
    Region.objects.create(pk=1, name="任城区", level="district", **usual_names("任城区", "district"))

    page = page_of(client.get(reverse("help-chapter", args=["liaison"])))

    assert ("由区政府办公室" in page or "告知区政府办公室" in page, "县政府" in page) == (True, False)
    assert "/help/liaison/" in page_of(client.get(reverse("help")))


def test_an_unknown_chapter_is_not_there(client):
    assert client.get("/help/no-such-chapter/").status_code == 404


def test_who_is_not_signed_in_reads_it_and_finds_it_on_the_page_of_signing_in(client):
    assert place_on(client.get("/sign-in/")) == "/help/sign-in/#sign-in"
    assert client.get("/help/").status_code == 200


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/me/", "/help/notifications/#settings"),
        ("/questions/", "/help/supervision/#discussion"),
        ("/help/lights/", "/help/"),
        ("/no-such-page/", "/help/"),
    ],
)
def test_a_page_leads_to_its_place(client, county, address, place):
    client.force_login(county.people["liaison"])

    assert place_on(client.get(address)) == place


def test_django_admin_leads_to_its_place(client):
    client.force_login(UserFactory(role=Role.OFFICE, is_staff=True, is_superuser=True))

    assert place_on(client.get("/admin/")) == "/help/administration/#admin"


def test_markup_in_the_manual_is_shown_as_text():
    shown = manual._rendered('<script>alert(1)</script>\n\n[x](javascript:alert(1)) <a id="here"></a>here <b>b</b>')

    assert "<script" not in shown
    assert "<b>" not in shown
    assert "javascript:alert(1)" not in re.findall(r'href="([^"]*)"', shown)
    assert '<span class="help-anchor" id="here"></span>here' in shown


def test_a_picture_that_is_not_there_is_its_words():
    assert "<p>一张图</p>" in manual._rendered("![一张图](screenshots/no-such-picture.png)")
