"""Which answers are compressed, and that their length tells nothing."""

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse

from departments.choices import Role
from tests.factories import UserFactory
from wenshang_disclosure.core.web.compression import CompressedPagesMiddleware

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(client):
    """Return a function that asks for a page of the office's as a browser does that takes gzip."""
    client.force_login(UserFactory(role=Role.OFFICE))
    return lambda name: client.get(reverse(name), headers={"Accept-Encoding": "gzip, deflate, br"})


def test_a_page_is_compressed_and_says_for_whom(asked, client):
    response = asked("tasks:worklist")

    assert "工作台" in gzip.decompress(response.content).decode()
    assert (response["Content-Encoding"], "Accept-Encoding" in response["Vary"]) == ("gzip", True)
    assert not client.get(reverse("tasks:worklist")).has_header("Content-Encoding")


def test_one_page_has_many_lengths(asked):
    assert len({len(asked("tasks:worklist").content) for _ in range(8)}) > 1


@pytest.mark.parametrize("name", ["tasks:me", "departments:second-factor", "departments:sessions"])
def test_a_page_that_may_show_a_secret_is_not_compressed(asked, name):
    assert not asked(name).has_header("Content-Encoding")


def test_what_shows_a_secret_once_is_not_compressed(client):
    client.force_login(UserFactory(role=Role.OFFICE))
    sent = {"headers": {"Accept-Encoding": "gzip"}}

    calendar = client.post(reverse("tasks:new-calendar"), **sent)
    token = client.post(reverse("tasks:new-token"), {"name": "报表"}, **sent)

    assert "/calendar/" in calendar.content.decode()
    assert [answer.has_header("Content-Encoding") for answer in (calendar, token)] == [False, False]


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(b"x" * 1000, content_type=XLSX),
        StreamingHttpResponse([b"x" * 1000], content_type="text/html"),
        HttpResponse(b"ok", content_type="text/html"),
    ],
    ids=["a file", "a stream", "a word"],
)
def test_files_streams_and_short_answers_go_as_they_are(rf, response):
    request = rf.get("/", headers={"Accept-Encoding": "gzip"})
    request.resolver_match = None

    assert not CompressedPagesMiddleware(lambda request: response)(request).has_header("Content-Encoding")
